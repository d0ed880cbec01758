import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Api } from "../functions/api/api.ts";
import type { ApiRequest } from "../functions/api/http.ts";

export interface ApiServer extends AsyncDisposable {
  url: string;
}

/**
 * Serves the API on 127.0.0.1, as API Gateway does in the cloud, but for authorisation: whoever uses this machine
 * may use it.
 * @param port 0: a free one
 */
export async function serveApi(api: Api, port = 0): Promise<ApiServer> {
  const server = createServer((request, response) => {
    // The API itself never throws: what fails here is a connection that the client has left.
    answer(api, request, response).catch(() => response.destroy());
  });
  server.listen(port, "127.0.0.1");
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

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await api(await toRequest(request));
  response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
}

async function toRequest(request: IncomingMessage): Promise<ApiRequest> {
  const [path = "/", ...queries] = (request.url ?? "/").split("?");
  const parameters = new URLSearchParams(queries.join("?"));
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return {
    method: request.method ?? "GET",
    path,
    basePath: "",
    query: Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)])),
    headers: Object.fromEntries(headers),
    body: await text(request),
  };
}
