import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export interface SecretsManagerServer extends AsyncDisposable {
  /** Address, for AWS_ENDPOINT_URL_SECRETS_MANAGER. */
  url: string;
  client: SecretsManagerClient;
  /** Texts by name; changing it changes what is answered next. */
  secrets: Map<string, string>;
  /** Answered instead, while it is set. */
  error?: { status: number; type: string; message: string };
  /** Names that were asked for. */
  reads: string[];
}

/** A server that answers GetSecretValue as AWS Secrets Manager does (JSON 1.1 protocol). */
export async function startSecretsManager(secrets: Record<string, string>): Promise<SecretsManagerServer> {
  const server = createServer(async (request, response) => {
    const { SecretId: name } = JSON.parse(await text(request));
    fixture.reads.push(name);
    const secret = fixture.secrets.get(name);
    const missing = { status: 400, type: "ResourceNotFoundException", message: "There is no such secret." };
    const failure = fixture.error ?? (secret === undefined ? missing : undefined);
    response.writeHead(failure?.status ?? 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify(
        failure ? { __type: failure.type, message: failure.message } : { Name: name, SecretString: secret },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  const url = `http://127.0.0.1:${port}`;
  const fixture: SecretsManagerServer = {
    url,
    client: new SecretsManagerClient({
      endpoint: url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: crypto.randomUUID() },
      maxAttempts: 1,
    }),
    secrets: new Map(Object.entries(secrets)),
    reads: [],
    async [Symbol.asyncDispose]() {
      fixture.client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fixture;
}
