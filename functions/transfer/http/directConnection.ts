import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { ConnectorMaker } from "../../tls.ts";

/** Room for an answer's head, and for what comes after reading was stopped. */
const SPILL_BYTES = 64 * 1024;

/**
 * A connection whose bytes are decrypted or received straight into the caller's buffer. A stream would bring them in
 * chunks of 16 KiB at most, each a Buffer of its own, and those cost more than all else in a download.
 *
 * What arrives before the caller's buffer is at hand, or while nobody reads, waits in a spill buffer: a socket hands
 * over what it has decrypted already even after it was told to stop. One reading at a time; none ever throws: it
 * returns less than was asked for, and `error` tells why.
 */
export class DirectConnection {
  readonly #silenceMilliseconds: number;
  #socket: Socket | undefined;
  #spill = Buffer.allocUnsafeSlow(SPILL_BYTES);
  #spillStart = 0;
  #spillEnd = 0;
  /** The rest of the caller's buffer. */
  #wanted: Buffer | undefined;
  /** Where the socket writes next: `#wanted`, or free room of the spill buffer. */
  #offered: Buffer | undefined;
  #waiting: { enough: () => boolean; done: () => void } | undefined;
  #idle = false;
  #closed = false;
  #error: unknown;

  private constructor(silenceMilliseconds: number) {
    this.#silenceMilliseconds = silenceMilliseconds;
  }

  /**
   * @param silenceMilliseconds longest time without a byte while some are waited for
   * @throws what the connector refuses the connection with; the signal's reason
   */
  static open(
    connector: ConnectorMaker,
    place: buildConnector.Options,
    silenceMilliseconds: number,
    signal: AbortSignal,
  ): Promise<DirectConnection> {
    const connection = new DirectConnection(silenceMilliseconds);
    const connect = connector({
      buffer: () => connection.#offer(),
      callback: (bytes) => connection.#receive(bytes),
    });
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop);
      connect(place, (error, socket) => {
        signal.removeEventListener("abort", stop);
        if (error) return reject(error);
        connection.#attach(socket);
        if (signal.aborted) connection.destroy(signal.reason);
        resolve(connection);
      });
    });
  }

  /** Why the connection ended; undefined for an end by the server. */
  get error(): unknown {
    return this.#error;
  }

  /** True when a request may be sent: the connection is open, and no byte is there that nobody asked for. */
  get usable(): boolean {
    return !this.#closed && this.#error === undefined && this.#spillStart === this.#spillEnd;
  }

  send(bytes: Buffer, written?: (error?: Error | null) => void): void {
    this.#idle = false;
    this.#socket?.ref();
    this.#socket?.write(bytes, written);
  }

  /**
   * Sends a request and looks at the answer's first bytes, without taking them, until `read` returns something.
   * @returns undefined when the connection ends before
   */
  async ask<Head>(
    request: Buffer,
    read: (bytes: Buffer) => Head | undefined,
    signal: AbortSignal,
  ): Promise<Head | undefined> {
    let head: Head | undefined;
    const stop = () => this.destroy(signal.reason);
    signal.addEventListener("abort", stop);
    this.send(request);
    await this.#until(() => {
      head = read(this.#spill.subarray(this.#spillStart, this.#spillEnd));
      return head !== undefined;
    });
    signal.removeEventListener("abort", stop);
    return head;
  }

  /** Takes bytes that were looked at. */
  skip(bytes: number): void {
    this.#spillStart += bytes;
  }

  /** A copy of the next bytes, as many as there are; none when the connection has ended. */
  async take(): Promise<Buffer> {
    await this.#until(() => this.#spillEnd > this.#spillStart);
    const bytes = Buffer.from(this.#spill.subarray(this.#spillStart, this.#spillEnd));
    this.#spillStart = this.#spillEnd;
    return bytes;
  }

  /** Fills the buffer from its start, and returns the number of bytes: less than its length when the connection ends. */
  async fill(buffer: Buffer): Promise<number> {
    this.#wanted = buffer;
    this.#moveSpilled();
    await this.#until(() => this.#wanted?.length === 0);
    const missing = this.#wanted.length;
    this.#wanted = undefined;
    return buffer.length - missing;
  }

  /** Between two requests reading goes on, so that an end by the server is noticed; a process can end meanwhile. */
  rest(): void {
    this.#idle = true;
    this.#socket?.unref();
    this.#socket?.setTimeout(this.#silenceMilliseconds);
    this.#socket?.resume();
  }

  /** Ends the connection at once. A reading returns as soon as its buffer can no longer be written to. */
  destroy(error?: unknown): void {
    this.#error ??= error;
    this.#socket?.destroy();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("timeout", () =>
      this.destroy(new Error(`not a byte for ${this.#silenceMilliseconds / 1000} seconds`)),
    );
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    // Not earlier: until then the socket may write to the buffer that it was offered.
    socket.on("close", () => {
      this.#closed = true;
      this.#settle();
    });
  }

  async #until(enough: () => boolean): Promise<void> {
    if (enough() || this.#closed) return;
    await new Promise<void>((done) => {
      this.#waiting = { enough, done };
      this.#socket?.setTimeout(this.#silenceMilliseconds);
      this.#socket?.resume();
    });
    this.#socket?.setTimeout(0);
  }

  #settle(): void {
    this.#waiting?.done();
    this.#waiting = undefined;
  }

  /** The socket asks for the place of its next bytes each time that it has delivered some. */
  #offer(): Buffer {
    this.#offered = this.#wanted?.length ? this.#wanted : this.#spillRoom();
    return this.#offered;
  }

  #spillRoom(): Buffer {
    if (this.#spillStart === this.#spillEnd) this.#spillStart = this.#spillEnd = 0;
    if (this.#spillEnd === this.#spill.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#spill.length);
      this.#spill.copy(larger);
      this.#spill = larger;
    }
    return this.#spill.subarray(this.#spillEnd);
  }

  /** Returns false to stop reading. */
  #receive(bytes: number): boolean {
    if (this.#wanted && this.#offered === this.#wanted) {
      this.#wanted = this.#wanted.subarray(bytes);
    } else {
      this.#spillEnd += bytes;
      this.#moveSpilled();
    }
    if (this.#idle) this.destroy(new Error("the server sent bytes that nobody asked for"));
    if (!this.#waiting?.enough()) return this.#waiting !== undefined;
    this.#settle();
    return false;
  }

  #moveSpilled(): void {
    if (!this.#wanted) return;
    const moved = this.#spill.copy(this.#wanted, 0, this.#spillStart, this.#spillEnd);
    this.#wanted = this.#wanted.subarray(moved);
    this.#spillStart += moved;
  }
}
