import type { DirectConnection } from "../http/directConnection.ts";
import type { DirectConnections } from "../http/directConnections.ts";
import type { PlainHead } from "../http/responseHead.ts";
import type { FileFacts } from "./httpAnswer.ts";
import { interrupted } from "./httpRequest.ts";
import type { SourceStream } from "./source.ts";

interface Answer {
  head: PlainHead;
  facts: FileFacts;
  fileName: string;
  signal: AbortSignal;
}

/** The body of a plain answer. Its connection goes back to the others once the last byte has been read. */
export function directStream(
  connections: DirectConnections,
  connection: DirectConnection,
  { head, facts, fileName, signal }: Answer,
): SourceStream {
  connection.skip(head.headBytes);
  let remaining = head.bodyBytes;
  let offset = facts.start;
  let open = true;
  const stop = () => connection.destroy(signal.reason);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  if (remaining === 0) end();
  return {
    ...facts,
    get offset() {
      return offset;
    },
    async fill(buffer) {
      const wanted = buffer.subarray(0, Math.min(buffer.length, remaining));
      if (wanted.length === 0) return 0;
      const filled = await connection.fill(wanted);
      offset += filled;
      remaining -= filled;
      if (filled < wanted.length) {
        end();
        const error = connection.error ?? new Error("the server closed the connection");
        throw interrupted(error, fileName, offset, signal);
      }
      if (remaining === 0) end();
      return filled;
    },
    close: end,
  };

  function end(): void {
    if (!open) return;
    open = false;
    signal.removeEventListener("abort", stop);
    if (remaining === 0 && head.keepAlive) connections.release(connection);
    else connections.discard(connection);
  }
}
