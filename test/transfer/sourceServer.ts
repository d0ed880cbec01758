import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { plainConnector } from "../../functions/tls.ts";
import type { HttpTarget } from "../../functions/transfer/source/httpRequest.ts";

export interface SourceBehaviour {
  content: Buffer;
  ranges: boolean;
  /** Send no Content-Length. */
  chunked: boolean;
  etag: string | undefined;
  /** Offset at which the connection breaks, for each of the next answers. */
  breakAt: number[];
  /** Answers in place of the file when it returns true; until its promise is kept there is no answer. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
}

export interface SourceServer {
  target: HttpTarget;
  behaviour: SourceBehaviour;
  /** The Range header of every request so far. */
  ranges: (string | undefined)[];
  requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A server of one file, as obedient or as broken as a test wants it. */
export async function startSourceServer(settings: Partial<SourceBehaviour> = {}): Promise<SourceServer> {
  const behaviour: SourceBehaviour = {
    content: Buffer.alloc(0),
    ranges: true,
    chunked: false,
    etag: '"v1"',
    breakAt: [],
    intercept: undefined,
    ...settings,
  };
  const requests: IncomingMessage[] = [];
  const server = createServer(async (request, response) => {
    requests.push(request);
    if (!(await behaviour.intercept?.(request, response))) answer(request, response, behaviour);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return {
    target: { uri: `http://127.0.0.1:${port}/cls/data/0123/file`, headers: {}, connector: plainConnector },
    behaviour,
    requests,
    get ranges() {
      return requests.map((request) => request.headers.range);
    },
    close: () => closeServer(server),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, behaviour: SourceBehaviour): void {
  const { content, ranges, chunked, etag } = behaviour;
  const [, first = 0, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = ranges ? Number(first) : 0;
  const end = ranges && last ? Math.min(Number(last) + 1, content.length) : content.length;
  const headers: Record<string, string> = etag === undefined ? {} : { etag };
  if (ranges && start >= content.length) {
    response.writeHead(416, { ...headers, "content-range": `bytes */${content.length}` }).end();
    return;
  }
  if (ranges) headers["content-range"] = `bytes ${start}-${end - 1}/${content.length}`;
  if (!chunked) headers["content-length"] = String(end - start);
  response.writeHead(ranges ? 206 : 200, headers);
  const breakAt = behaviour.breakAt.shift();
  if (breakAt === undefined) response.end(content.subarray(start, end));
  else response.write(content.subarray(start, breakAt), () => response.socket?.destroy());
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
