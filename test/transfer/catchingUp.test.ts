import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { SourceChanged } from "../../functions/errors.ts";
import { parseCursor, sealCursor } from "../../functions/transfer/cursor.ts";
import { invoke } from "./continuations.ts";
import { KEY, prepareTransfer, type Transfer } from "./harness.ts";

/** What an invocation that goes on from a cursor has opened on its way to the cursor's offset, and behind it. */
const MiB = 1024 ** 2;
const content = randomBytes(12 * MiB);
const itemChecksum = { algorithm: "SHA1", value: createHash("sha1").update(content).digest("hex") };

/** A transfer of which the first of three parts is stored. */
async function halfWay(...[source, changes]: Parameters<typeof prepareTransfer>) {
  const transfer = await prepareTransfer({ content, ...source }, { itemChecksum, ...changes });
  onTestFinished(() => transfer.close());
  const outcome = await invoke(transfer, null, 1);
  return { transfer, cursor: outcome.done ? null : outcome.cursor };
}

/** The server sends from where it is asked, all but the last byte, and waits. Resolves when the first connection ends. */
function sendAllButTheEnd({ source }: Transfer): Promise<void> {
  const ended = Promise.withResolvers<void>();
  source.behaviour.intercept = (request, response) => {
    const { ranges, etag } = source.behaviour;
    const start = ranges ? Number(/\d+/.exec(request.headers.range ?? "")?.[0]) : 0;
    const last = content.length - 1;
    const range = ranges ? { "content-range": `bytes ${start}-${last}/${content.length}` } : {};
    const headers = { ...(etag === undefined ? {} : { etag }), ...range };
    response.writeHead(ranges ? 206 : 200, { ...headers, "content-length": content.length - start });
    response.write(content.subarray(start, last));
    request.socket.once("close", () => ended.resolve());
    source.behaviour.intercept = undefined;
    return true;
  };
  return ended.promise;
}

describe("the download of an invocation that goes on is ended", () => {
  test("when its time is over", async () => {
    const { transfer, cursor } = await halfWay({});
    const ended = sendAllButTheEnd(transfer);
    expect(await invoke(transfer, cursor, 1)).toMatchObject({ done: false, cursor: { parts: 2 } });
    await ended;
  });

  test("when the source is no longer the one that it was", async () => {
    const { transfer, cursor } = await halfWay({});
    transfer.source.behaviour.etag = '"v2"';
    const ended = sendAllButTheEnd(transfer);
    await expect(invoke(transfer, cursor, 9)).rejects.toThrow(SourceChanged);
    await ended;
  });

  test("when what comes once more is not what was sent, before the file starts anew", async () => {
    const { transfer, cursor } = await halfWay({ content: randomBytes(content.length), ranges: false });
    transfer.source.behaviour.content = content;
    const ended = sendAllButTheEnd(transfer);
    expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
    await ended;
    expect(await transfer.holds(content)).toBe(true);
  });

  test("when the beginning has come once more, and a range brings the rest", async () => {
    const { transfer, cursor } = await halfWay({ ranges: false });
    transfer.source.behaviour.ranges = true;
    const ended = sendAllButTheEnd(transfer);
    expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
    await ended;
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.ranges.slice(1)).toEqual(["bytes=0-", `bytes=${5 * MiB}-`]);
  });
});

describe("the thread that computes checksums has ended", () => {
  test.each([
    ["once the file is done", content],
    ["when what comes once more is not what was sent", randomBytes(content.length)],
  ])("%s", async (_when, before) => {
    const exits: Promise<unknown>[] = [];
    const started = (thread: Worker) => void exits.push(once(thread, "exit"));
    const { transfer, cursor } = await halfWay({ content: before, ranges: false, chunked: true });
    transfer.source.behaviour.content = content;
    process.on("worker", started);
    onTestFinished(() => void process.off("worker", started));
    expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
    await Promise.all(exits);
  });
});

test("a file starts anew when a part that was stored is not there any more", async () => {
  const { transfer, cursor } = await halfWay({});
  const { s3, destination, fileName } = transfer.request;
  const { bucket, exportId } = destination;
  const { UploadId: uploadId = "" } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: KEY, ChecksumAlgorithm: "CRC32" }),
  );
  const upload = { bucket, key: KEY, uploadId };
  const changed = sealCursor({ ...parseCursor(cursor, { fileName, exportId }), upload });
  expect(await invoke(transfer, changed, 9)).toMatchObject({ done: true });
  expect(transfer.source.ranges.at(-1)).toBe("bytes=0-");
  expect(await transfer.holds(content)).toBe(true);
});
