import type { DownloadSession } from "./downloadSessions.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault, Faults } from "./fault.ts";
import { meetFault } from "./meetFault.ts";
import type { Vcenter } from "./operations.ts";
import { type RangeAnswer, rangeAnswer } from "./range.ts";
import { decodeSegment } from "./routes.ts";
import type { SessionFile } from "./sessionFile.ts";
import { sendBytes, type Transfer } from "./transfer.ts";
import { VapiError } from "./vapiError.ts";

/** Answers one GET of a download URI: `/cls/data/<key>/<file name>`. */
export async function answerData(
  vcenter: Vcenter,
  faults: Faults,
  transfers: Transfer[],
  exchange: Exchange,
): Promise<void> {
  exchange.record.operation = "data";
  if (exchange.request.method !== "GET") {
    return exchange.answer(405, "text/plain", "Method Not Allowed", { allow: "GET" });
  }
  const [, , , key = "", name = ""] = exchange.url.pathname.split("/");
  const fileName = decodeSegment(name);
  const fault = faults.take(vcenter.behaviour.faults, "data", fileName);
  const writeError = (error: VapiError) => ({ contentType: "text/plain", body: error.message });
  if (fault && (await meetFault(exchange, fault, writeError))) return;
  try {
    if (vcenter.behaviour.dataNeedsSession)
      vcenter.logins.authenticate(exchange.header("vmware-api-session-id"));
    const session = vcenter.sessions.byKey(key);
    const file = session?.files.find((candidate) => candidate.stored.name === fileName);
    if (!session || file?.preparation.status !== "PREPARED")
      throw new VapiError(404, "NOT_FOUND", "Not Found");
    await sendFile(vcenter, transfers, exchange, session, file, fault);
  } catch (error) {
    if (!(error instanceof VapiError)) throw error;
    exchange.answer(error.status, "text/plain", error.message);
  }
}

async function sendFile(
  vcenter: Vcenter,
  transfers: Transfer[],
  exchange: Exchange,
  session: DownloadSession,
  file: SessionFile,
  fault: Fault | undefined,
): Promise<void> {
  const { behaviour } = vcenter;
  const { size } = file.stored.content;
  const asked = behaviour.ranges && !fault?.ignoreRange ? exchange.header("range") : undefined;
  const range = rangeAnswer(asked, size, behaviour.rangeOfEmptyFile);
  if (size === 0) file.sentEmpty();
  if (range.status === 416) {
    return exchange.answer(416, "text/plain", "", { "content-range": `bytes */${size}` });
  }
  exchange.head(range.status, headersOf(vcenter, file, range, size, fault));
  const transfer: Transfer = {
    sessionId: session.id,
    fileName: file.stored.name,
    ...range,
    bytesSent: 0,
    outcome: "open",
  };
  transfers.push(transfer);
  await sendBytes(vcenter, exchange, session, file, transfer, fault);
}

function headersOf(
  { behaviour }: Vcenter,
  file: SessionFile,
  { status, start, end }: RangeAnswer,
  size: number,
  fault: Fault | undefined,
): Record<string, string> {
  const chunked = behaviour.framing === "chunked" || fault?.endCleanly;
  return {
    "content-type": "application/octet-stream",
    ...(behaviour.ranges && { "accept-ranges": "bytes" }),
    ...(behaviour.etag && { etag: `"${file.stored.version}-${size.toString(16)}"` }),
    ...(status === 206 && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
    ...(!chunked && { "content-length": String(end - start) }),
    ...fault?.headers,
  };
}
