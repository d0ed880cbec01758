import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { Executions, SyncExecutions } from "../../functions/executions/executions.ts";
import { stepFunctionsExecutions, stepFunctionsSyncs } from "../../functions/executions/stepFunctions.ts";

/** An event as it comes over the wire; `timestamp` in seconds. */
export interface WireEvent {
  id: number;
  type: string;
  timestamp: number;
  stateExitedEventDetails?: { name: string; output?: string };
  mapRunStartedEventDetails?: { mapRunArn?: string };
}

/** What Step Functions tells of one execution, whatever its name: the test writes it. */
export interface ScriptedStepFunctions extends AsyncDisposable {
  /** Answer to DescribeExecution. */
  description: object;
  /** Answer to DescribeMapRun. */
  mapRun: object;
  /** The oldest first. */
  events: WireEvent[];
  /** Events of each page, over and over; no page has more than were asked for. */
  pageSizes: number[];
  /** Pages of the history that were asked for so far. */
  pagesAsked: number;
  executions: Executions;
  syncs: SyncExecutions;
}

export async function startScriptedStepFunctions(): Promise<ScriptedStepFunctions> {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).replace("AWSStepFunctions.", "");
    const input: Record<string, unknown> = Object(JSON.parse(await text(request)));
    const answer =
      operation === "GetExecutionHistory"
        ? historyPage(scripted, input)
        : operation === "DescribeMapRun"
          ? scripted.mapRun
          : scripted.description;
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  const client = new SFNClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: randomUUID(), secretAccessKey: randomUUID() },
  });
  const arn = (name: string) => `arn:aws:states:us-east-1:111122223333:stateMachine:${name}`;

  const scripted: ScriptedStepFunctions = {
    description: {},
    mapRun: {},
    events: [],
    pageSizes: [Number.POSITIVE_INFINITY],
    pagesAsked: 0,
    executions: stepFunctionsExecutions(client, arn("ExportItem")),
    syncs: stepFunctionsSyncs(client, arn("SyncLibrary")),
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return scripted;
}

/** A token tells where the next page begins, and which page that is. */
function historyPage(scripted: ScriptedStepFunctions, input: Record<string, unknown>): object {
  scripted.pagesAsked += 1;
  const { events, pageSizes } = scripted;
  const inOrder = input.reverseOrder === true ? events.toReversed() : events;
  const [start = 0, page = 0] = String(input.nextToken ?? "0 0")
    .split(" ")
    .map(Number);
  const size = Math.min(pageSizes[page % pageSizes.length] ?? 0, Number(input.maxResults));
  const end = start + size;
  return {
    events: inOrder.slice(start, end),
    ...(end < inOrder.length && { nextToken: `${end} ${page + 1}` }),
  };
}
