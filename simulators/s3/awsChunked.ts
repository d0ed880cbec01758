import { S3Error } from "./errors.ts";

/**
 * The bytes within an `aws-chunked` body: `<hex size>[;chunk-signature=..]CRLF <bytes> CRLF ... 0 CRLF`, then
 * trailers, which are put into `trailers` under lower-case names. Signatures are not verified.
 * @throws S3Error IncompleteBody, InvalidRequest
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  trailers: Record<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new Reader(body);
  for (;;) {
    const [hex = ""] = (await reader.line()).split(";");
    if (!/^[0-9a-f]{1,12}$/i.test(hex)) throw new S3Error("InvalidRequest", "Malformed aws-chunked body");
    let left = Number.parseInt(hex, 16);
    if (left === 0) break;
    while (left > 0) {
      const bytes = await reader.upTo(left);
      left -= bytes.length;
      yield bytes;
    }
    if ((await reader.line()) !== "") throw new S3Error("InvalidRequest", "Malformed aws-chunked body");
  }
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon < 0) throw new S3Error("InvalidRequest", "Malformed aws-chunked trailer");
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
}

const MAX_LINE_BYTES = 8192;

class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.#chunks = body[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES)
        throw new S3Error("InvalidRequest", "Malformed aws-chunked body");
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
  }

  /** At least one byte, and at most so many. */
  async upTo(bytes: number): Promise<Buffer> {
    if (this.#rest.length === 0) this.#rest = await this.#next();
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async #next(): Promise<Buffer> {
    const next = await this.#chunks.next();
    if (next.done) throw new S3Error("IncompleteBody");
    return next.value;
  }
}
