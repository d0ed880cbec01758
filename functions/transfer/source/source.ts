/**
 * Where a file's bytes come from. The transfer knows nothing else about it: an HTTPS endpoint today, a mounted
 * datastore or a static endpoint another day.
 */
export interface Source {
  /**
   * Opens the bytes from `start` up to, not including, `end` (absent: to the end of the file).
   * @throws TransferInterrupted when the connection fails
   * @throws SourceRefused when the answer is not the file
   */
  open(range: ByteRange, signal: AbortSignal): Promise<SourceStream>;
}

export interface ByteRange {
  start: number;
  end?: number;
}

export interface SourceStream {
  /** Offset of the first byte of the stream: 0 when the server ignored the range. */
  readonly start: number;
  /** Offset of the next byte that `fill` returns. After an error, what stands before it has been delivered. */
  readonly offset: number;
  /** Bytes of the whole file; undefined when the server does not tell. */
  readonly total: number | undefined;
  /** Strong ETag, for comparison between the requests for one file. */
  readonly etag: string | undefined;
  /** True when the server answered with a part of the file as asked. */
  readonly ranged: boolean;

  /**
   * Fills the buffer from its start, and returns the number of bytes: less than its length only at the end.
   * @throws TransferInterrupted when the connection breaks before the end that was announced
   */
  fill(buffer: Buffer): Promise<number>;
  /** Ends the connection; safe to call at any time, any number of times. */
  close(): void;
}
