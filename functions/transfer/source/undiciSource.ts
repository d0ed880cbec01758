import { Agent, type buildConnector, type Dispatcher } from "undici";
import { SourceRefused } from "../../errors.ts";
import { type FileFacts, readAnswer } from "./httpAnswer.ts";
import {
  type HttpSourceOptions,
  IDLE_TIMEOUT_MILLISECONDS,
  interrupted,
  rangeHeaders,
  requestTarget,
} from "./httpRequest.ts";
import type { ByteRange, Source, SourceStream } from "./source.ts";

const MAX_REDIRECTS = 3;

/**
 * A file behind HTTP in all of its forms, by undici: redirects within the host, chunked bodies, interim answers.
 * @param connect opens the connections
 */
export function undiciSource(
  options: HttpSourceOptions,
  connect: buildConnector.connector = options.target.connector(),
): Source & { close(): Promise<void> } {
  const timeout = options.idleTimeoutMilliseconds ?? IDLE_TIMEOUT_MILLISECONDS;
  const agent = new Agent({
    connect,
    allowH2: false,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  return {
    async open(range, signal) {
      const response = await get(agent, options, range, signal);
      try {
        const facts = readAnswer(response, options.fileName, range);
        return bodyStream(response.body, options.fileName, facts, signal);
      } catch (error) {
        response.body.on("error", () => {}).destroy();
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

async function get(
  agent: Agent,
  { target, fileName }: HttpSourceOptions,
  range: ByteRange,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const headers = rangeHeaders(target, range);
  let url = new URL(target.uri);
  let path = requestTarget(target.uri);
  for (let redirects = 0; ; redirects += 1) {
    const response = await agent
      .request({ origin: url.origin, path, method: "GET", headers, signal })
      .catch((error: unknown) => {
        throw interrupted(error, fileName, range.start, signal);
      });
    const location = response.headers.location;
    if (Math.trunc(response.statusCode / 100) !== 3 || typeof location !== "string") return response;
    response.body.on("error", () => {}).destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== url.origin || redirects === MAX_REDIRECTS) {
      throw new SourceRefused(
        `The endpoint of "${fileName}" redirects elsewhere (HTTP ${response.statusCode}); other hosts are not followed`,
      );
    }
    url = next;
    path = next.pathname + next.search;
  }
}

function bodyStream(
  body: Dispatcher.ResponseData["body"],
  fileName: string,
  facts: FileFacts,
  signal: AbortSignal,
): SourceStream {
  if (facts.total === 0) body.on("error", () => {}).destroy();
  const chunks = facts.total === 0 ? undefined : (body[Symbol.asyncIterator]() as AsyncIterator<Buffer>); // undici's body yields Buffers
  let rest: Buffer | undefined;
  let offset = facts.start;
  return {
    ...facts,
    get offset() {
      return offset;
    },
    async fill(buffer) {
      let filled = 0;
      while (chunks && filled < buffer.length) {
        const chunk: Buffer | undefined = rest ?? (await next(chunks));
        if (!chunk) break;
        const copied = chunk.copy(buffer, filled);
        rest = copied < chunk.length ? chunk.subarray(copied) : undefined;
        filled += copied;
        offset += copied;
      }
      return filled;
    },
    close() {
      body.on("error", () => {}).destroy();
    },
  };

  async function next(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
    try {
      const { done, value } = await chunks.next();
      return done ? undefined : value;
    } catch (error) {
      throw interrupted(error, fileName, offset, signal);
    }
  }
}
