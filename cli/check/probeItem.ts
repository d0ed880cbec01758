import { randomUUID } from "node:crypto";
import type { Clock } from "../../functions/clock.ts";
import { ExportError } from "../../functions/errors.ts";
import type { ItemFile, VcenterClient } from "../../functions/vsphere/model.ts";
import { downloadVerdict } from "../../functions/vsphere/verdict.ts";
import { formatSize, formatSpeed } from "../../local/display/size.ts";
import { agrees, type Download, downloadWhole, honoursRange } from "./download.ts";
import { failed } from "./failed.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { prepare } from "./prepare.ts";

export interface ProbeOptions {
  client: VcenterClient;
  /** Logs in a second time as the same user; the log-in is ended here. */
  logInAgain(): Promise<VcenterClient>;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Takes the item's smallest file through everything that an export does with vCenter, and tells what was seen.
 * Ends with the log-in of `client`, because what becomes of its download session then is one of the questions.
 */
export async function* probeItem(itemId: string, options: ProbeOptions): AsyncGenerator<Finding> {
  const { client } = options;
  let sessionId: string | undefined;
  try {
    const file = yield* lookAtItem(itemId, client);
    if (file === undefined) return;
    sessionId = await client.createDownloadSession(itemId, randomUUID());
    yield await lookAtSession(sessionId, options);
    const target = yield* prepare(sessionId, file.name, options);
    const download = await downloadWhole(target, file.name, options.clock, options.signal);
    yield lookAtDownload(download);
    yield* lookAtChecksums(sessionId, file, download, options);
    yield await lookAtRange(target, file.name, download, options.signal);
    yield await lookAtSecondLogin(sessionId, options);
  } catch (error) {
    options.signal.throwIfAborted();
    yield failed("probe", error);
  } finally {
    // What cannot be removed, or was already by the second log-in, ends by itself within minutes.
    if (sessionId !== undefined) await client.deleteDownloadSession(sessionId).catch(() => {});
  }
}

async function* lookAtItem(
  itemId: string,
  client: VcenterClient,
): AsyncGenerator<Finding, ItemFile | undefined> {
  const item = await client.getItem(itemId);
  const files = await client.listItemFiles(itemId);
  const smallest = files.toSorted((a, b) => a.size - b.size)[0];
  const facts = {
    type: item.type,
    files: files.length,
    cached: item.cached,
    checksumsUpFront: files.filter((file) => file.checksum !== undefined).length,
  };
  if (smallest === undefined) {
    yield fail("item", `"${item.name}" has no file that can be downloaded`, facts);
    return undefined;
  }
  yield ok(
    "item",
    `"${item.name}" (${item.type}) has ${files.length} files; the smallest is "${smallest.name}"`,
    facts,
  );
  return smallest;
}

async function lookAtSession(sessionId: string, { client, clock }: ProbeOptions): Promise<Finding> {
  const before = await client.getDownloadSession(sessionId);
  await client.keepDownloadSessionAlive(sessionId, 0);
  const leaseSeconds =
    before.expirationTime && Math.round((before.expirationTime.getTime() - clock.now()) / 1000);
  const tellsVersion = before.contentVersion !== undefined;
  const lease = leaseSeconds === undefined ? "tells no lease" : `has a lease of ${leaseSeconds} s`;
  const version = tellsVersion ? "tells its content version" : "does not tell its content version";
  return ok("download session", `may be created and kept alive; it ${lease} and ${version}`, {
    state: before.state,
    leaseSeconds: leaseSeconds ?? null,
    tellsVersion,
  });
}

function lookAtDownload(download: Download): Finding {
  const { bytes, announcedBytes, milliseconds, rangedAtFirst, hasETag } = download;
  const bytesPerSecond = Math.round((bytes * 1000) / milliseconds);
  const facts = { bytes, announced: announcedBytes !== undefined, bytesPerSecond, rangedAtFirst, hasETag };
  if (announcedBytes !== undefined && announcedBytes !== bytes) {
    return fail("download", `${bytes} bytes came, ${announcedBytes} were announced`, facts);
  }
  return ok("download", `${formatSize(bytes)} at ${formatSpeed(bytesPerSecond)}`, facts);
}

async function* lookAtChecksums(
  sessionId: string,
  file: ItemFile,
  download: Download,
  { client, clock, signal }: ProbeOptions,
): AsyncGenerator<Finding> {
  const before = file.checksum;
  if (before === undefined)
    yield warn("checksum before", "vCenter knows none before the download", { known: false });
  else yield judge("checksum before", before, agrees(before, download));

  const begin = clock.now();
  const verdict = await downloadVerdict(client, sessionId, file.name, { clock, signal });
  const facts = {
    seconds: (clock.now() - begin) / 1000,
    sizeAgrees: verdict.size === undefined ? null : verdict.size === download.bytes,
  };
  if (verdict.checksum !== undefined) {
    yield judge("checksum after", verdict.checksum, agrees(verdict.checksum, download), facts);
  } else {
    const text = "vCenter gives none after the download: a SHA256 of the bytes would be recorded";
    yield warn("checksum after", text, { known: false, ...facts });
  }
}

function judge(
  check: string,
  { algorithm }: { algorithm: string },
  agreed: boolean | undefined,
  facts = {},
): Finding {
  const all = { known: true, algorithm, agrees: agreed ?? null, ...facts };
  if (agreed === undefined) return warn(check, `${algorithm}, which cannot be computed here`, all);
  return agreed
    ? ok(check, `${algorithm}, the same as that of the bytes received`, all)
    : fail(check, `${algorithm}, and NOT the same as that of the bytes received`, all);
}

async function lookAtRange(
  target: ReturnType<VcenterClient["downloadTarget"]>,
  name: string,
  download: Download,
  signal: AbortSignal,
): Promise<Finding> {
  const check = "range";
  if (download.bytes === 0) return { check, status: "skipped", text: "the file is empty", facts: {} };
  const answer = await honoursRange(target, name, download, signal);
  const facts = { answer };
  if (answer === "yes") return ok(check, "honoured: a broken download can be resumed", facts);
  if (answer === "ignored") return warn(check, "ignored: a broken download has to start anew", facts);
  return fail(check, "answered with other bytes than those of the first download", facts);
}

async function lookAtSecondLogin(sessionId: string, { client, logInAgain }: ProbeOptions): Promise<Finding> {
  const second = await logInAgain();
  try {
    const seen = await sees(second, sessionId);
    await client.logOut();
    const survives = await sees(second, sessionId);
    const facts = { seen, survivesLogOut: survives };
    const text = `${seen ? "sees" : "does not see"} the session of the first, which ${survives ? "outlives" : "ends with"} its log-in`;
    return seen && survives ? ok("second log-in", text, facts) : warn("second log-in", text, facts);
  } finally {
    await second.deleteDownloadSession(sessionId).catch(() => {});
    await second.logOut();
  }
}

async function sees(client: VcenterClient, sessionId: string): Promise<boolean> {
  try {
    await client.getDownloadSession(sessionId);
    return true;
  } catch (error) {
    if (error instanceof ExportError) return false;
    throw error;
  }
}
