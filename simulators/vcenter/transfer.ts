import { createHash, type Hash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { DownloadSession } from "./downloadSessions.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault } from "./fault.ts";
import type { Vcenter } from "./operations.ts";
import type { SessionFile } from "./sessionFile.ts";

/** One answer with bytes. */
export interface Transfer {
  sessionId: string;
  fileName: string;
  status: number;
  start: number;
  /** Offset after the last byte that was promised. */
  end: number;
  bytesSent: number;
  /** `ended`: all that was promised; `cut`: by the server, cleanly or not; `left`: by the client. */
  outcome: "open" | "ended" | "cut" | "left";
}

/** Sends the bytes of one answer whose head has been written, for as long as the session lasts. */
export async function sendBytes(
  vcenter: Vcenter,
  exchange: Exchange,
  session: DownloadSession,
  file: SessionFile,
  transfer: Transfer,
  fault: Fault | undefined,
): Promise<void> {
  const { response } = exchange;
  const { start, end } = transfer;
  const faultyAt = fault?.afterBytes ?? Number.POSITIVE_INFINITY;
  const digest = digestOfWhole(vcenter, file, transfer);
  const chunks = paced(file.stored.content.read(start, end), vcenter.behaviour.bytesPerSecond);
  for await (const bytes of splitAt(faultyAt, chunks)) {
    const ending = leaseEnding(vcenter, session);
    if (ending) return cut(response, transfer, ending === "truncate");
    const offset = start + transfer.bytesSent;
    digest?.hash.update(bytes);
    // Counted before they are gone: a client that has them all must not be told otherwise.
    transfer.bytesSent += bytes.length;
    file.sent(offset, offset + bytes.length);
    vcenter.sessions.bytesSent(session);
    await write(response, corrupted(bytes, offset, fault));
    if (response.destroyed) {
      transfer.outcome = "left";
      return;
    }
    if (transfer.bytesSent !== faultyAt) continue;
    await fault?.meanwhile?.();
    if (fault?.hang) return;
    if (fault?.reset || fault?.endCleanly || !fault?.meanwhile) {
      return cut(response, transfer, fault?.endCleanly ?? false);
    }
  }
  if (fault?.extraBytes) await write(response, Buffer.alloc(fault.extraBytes));
  if (digest) file.digested(digest.algorithm, digest.hash.digest("hex"));
  response.end();
  transfer.outcome = "ended";
}

/** A digest along the way, where this one answer holds the whole file. */
function digestOfWhole(
  { behaviour }: Vcenter,
  file: SessionFile,
  { start, end }: Transfer,
): { algorithm: ChecksumAlgorithm; hash: Hash } | undefined {
  const algorithm = behaviour.sessionChecksum;
  if (algorithm === "never" || start !== 0 || end !== file.stored.content.size) return undefined;
  return { algorithm, hash: createHash(algorithm) };
}

/** How bytes end that flow when their session is over; undefined while it is not, or where that does not matter. */
function leaseEnding(
  { behaviour, now }: Vcenter,
  session: DownloadSession,
): "truncate" | "reset" | undefined {
  if (session.state !== "ACTIVE") return "reset";
  if (now() < session.expirationTime || behaviour.onLeaseEnd === "continue") return undefined;
  return behaviour.onLeaseEnd;
}

/** A clean end is possible only where no length was promised; the connection closes in either case. */
function cut(response: ServerResponse, transfer: Transfer, cleanly: boolean): void {
  transfer.outcome = "cut";
  if (cleanly && !response.hasHeader("content-length")) response.end();
  else response.socket?.destroySoon();
}

/** Inverts the byte that a fault names, in a copy. */
function corrupted(bytes: Buffer, offset: number, fault: Fault | undefined): Buffer {
  const at = (fault?.corruptByteAt ?? -1) - offset;
  const byte = bytes[at];
  if (byte === undefined) return bytes;
  const copy = Buffer.from(bytes);
  copy[at] = byte ^ 0xff;
  return copy;
}

/** The same bytes, of which some chunk ends at the offset. */
async function* splitAt(offset: number, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let before = offset;
  for await (const chunk of chunks) {
    if (before >= 0 && chunk.length > before) {
      yield chunk.subarray(0, before);
      yield chunk.subarray(before);
    } else {
      yield chunk;
    }
    before -= chunk.length;
  }
}

/** Resolves when more may be written, or nothing ever again. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || response.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

/** Slices of a tenth of a second at most, each when its time has come. */
async function* paced(chunks: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncIterable<Buffer> {
  if (bytesPerSecond <= 0) return yield* chunks;
  const started = performance.now();
  const sliceBytes = Math.max(1, Math.floor(bytesPerSecond / 10));
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      const slice = chunk.subarray(at, at + sliceBytes);
      bytes += slice.length;
      yield slice;
      await delay(Math.max(0, started + (bytes / bytesPerSecond) * 1000 - performance.now()));
    }
  }
}
