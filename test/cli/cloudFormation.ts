import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** What answers DescribeStacks, in the AWS Query protocol, for one stack with these outputs. */
export async function startCloudFormation(
  stack: string,
  outputs: Record<string, string>,
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const name = parameters.get("StackName");
    const found = parameters.get("Action") === "DescribeStacks" && name === stack;
    response.writeHead(found ? 200 : 400, { "content-type": "text/xml" });
    response.end(found ? describeStacks(stack, outputs) : noSuchStack(name));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function describeStacks(stack: string, outputs: Record<string, string>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const fields = `<StackName>${stack}</StackName><Outputs>${members.join("")}</Outputs>`;
  const result = `<Stacks><member>${fields}</member></Stacks>`;
  return `<DescribeStacksResponse><DescribeStacksResult>${result}</DescribeStacksResult></DescribeStacksResponse>`;
}

/** As CloudFormation says it: the error has no name of its own. */
function noSuchStack(name: string | null): string {
  const message = `Stack with id ${name} does not exist`.replace(/[^ \w-]/gu, (character) => {
    return `&#${character.codePointAt(0)};`;
  });
  return `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
