import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRunRecords, type RunRecord } from "../../functions/catalog/runRecords.ts";
import { Stopped } from "../../functions/errors.ts";
import { endFile } from "../../functions/export/endFile.ts";
import { openFileRecord } from "../../functions/export/fileRecord.ts";
import type { FilePlan, ItemPlan } from "../../functions/workflow.ts";
import { localServices } from "../../local/services.ts";
import { clientOf } from "../s3/client.ts";
import { openSimulator } from "../s3/simulator.ts";

const item: ItemPlan = {
  run: "run-1",
  vcenter: "lab",
  libraryId: "l",
  libraryName: "Golden images",
  libraryItemId: "i",
  itemName: "ubuntu",
  itemType: "ovf",
  contentVersion: "1",
  bucket: "bucket",
  prefix: "",
  manifestKey: ".export.json",
  overwrite: "if-changed",
  requireChecksum: false,
  readers: 1,
  containerRoute: true,
  dryRun: false,
};
const file: FilePlan = {
  index: 0,
  name: "disk.vmdk",
  key: "disk.vmdk",
  action: "EXPORT",
  error: null,
  sizeHint: 9000,
  fileVersion: "1",
  checksum: null,
  replacesETag: null,
  unchanged: null,
};

/** Time that stands still until it is put forward; a wait is over when its time has come. */
function steppedClock() {
  let now = Date.UTC(2026, 0, 1);
  const waits: { until: number; wake(): void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => void waits.push({ until: now + milliseconds, wake })),
    advance(milliseconds: number) {
      now += milliseconds;
      for (const wait of waits) if (wait.until <= now) wait.wake();
    },
  };
}

async function opened(config: S3ClientConfig = {}) {
  const { simulator } = await openSimulator();
  const s3 = clientOf(simulator, config);
  onTestFinished(() => s3.destroy());
  const clock = steppedClock();
  const services = localServices({ profiles: [], s3, clock });
  const open = () => openFileRecord({ item, file }, services);
  const record = await open();
  const stored = openRunRecords({ s3, bucket: "bucket" }, "", "run-1");
  const writes = () => simulator.requests.filter((operation) => operation === "PutObject").length;
  /** Ends the file as AbortFile does. */
  const end = (remove: (record: RunRecord) => Promise<void> = async () => {}) =>
    endFile({ item, file, session: null }, services, {
      remove,
      end: () => ({ state: "FAILED", error: "ContainerFailed" }),
    });
  return { clock, simulator, open, record, stored, read: () => stored.read(0), writes, end };
}

const upload = (uploadId: string) => ({ bucket: "bucket", key: "disk.vmdk", uploadId });

describe("the progress of a file", () => {
  test("is stored at once, and then at most every five seconds", async () => {
    const { clock, record, read, writes } = await opened();
    record.progress(1000, 9000);
    clock.advance(1000);
    record.progress(2000, 9000);
    record.progress(3000, 9000);
    await record.update({});
    expect(await read()).toMatchObject({ bytes: 1000, totalBytes: 9000, bytesPerSecond: null });
    expect(writes()).toBe(3);
  });

  test("is no older than five seconds when the bytes stop coming", async () => {
    const { clock, record, read } = await opened();
    record.progress(1000, 9000);
    clock.advance(1000);
    record.progress(6000, 9000);
    clock.advance(4000);
    await record.update({});
    await record.settle();
    expect(await read()).toMatchObject({ bytes: 6000, bytesPerSecond: 1000 });
  });

  test("has no speed after the file was begun anew", async () => {
    const { clock, record, read } = await opened();
    record.progress(5000, undefined);
    clock.advance(5000);
    record.progress(100, undefined);
    await record.settle();
    expect(await read()).toMatchObject({ bytes: 100, totalBytes: null, bytesPerSecond: null });
  });
});

describe("what is written late", () => {
  test("does not bring back a file that has ended: neither a note of its progress nor what it would open", async () => {
    const { record, read, end } = await opened();
    await end();
    const ended = await read();
    record.progress(1000, 9000);
    await record.settle();
    await expect(record.update({ uploads: [upload("late")] })).rejects.toThrow(Stopped);
    expect(await read()).toEqual(ended);
  });

  test("does not bring back the records of an execution that has removed them", async () => {
    const { record, read, stored } = await opened();
    await stored.clear();
    record.progress(1000, 9000);
    await record.settle();
    await expect(record.update({ state: "TRANSFERRING" })).rejects.toThrow(Stopped);
    expect(await read()).toBeUndefined();
  });

  test("is nothing at all by a function that only begins then", async () => {
    const { open, read, end } = await opened();
    await end();
    const ended = await read();
    await expect(open()).rejects.toThrow(Stopped);
    expect(await read()).toEqual(ended);
  });
});

describe("two functions at work on one file", () => {
  test("keep what either has opened, and what a container has told", async () => {
    const { record, open, read } = await opened();
    const other = await open();
    const container = { state: {}, outcome: { result: null, error: { name: "SizeMismatch", message: "" } } };
    await other.update({ uploads: [upload("a")], downloadSessionIds: ["1"], container });
    await record.update({ uploads: [upload("b")], downloadSessionIds: ["2"] });
    other.progress(1000, 9000);
    await other.settle();
    expect(await read()).toMatchObject({
      bytes: 1000,
      uploads: [upload("a"), upload("b")],
      downloadSessionIds: ["1", "2"],
      container,
    });
  });

  test("both find the record that one of them wrote first", async () => {
    const { open, stored, read, simulator } = await opened();
    await stored.clear();
    const first = Promise.withResolvers<void>();
    simulator.faults.push({ operation: "PutObject", meanwhile: () => first.promise });
    const slow = open();
    const fast = await open();
    await fast.update({ uploads: [upload("a")] });
    first.resolve();
    await (await slow).update({ bytes: 7 });
    expect(await read()).toMatchObject({ bytes: 7, uploads: [upload("a")] });
  });
});

describe("the end of a file", () => {
  test("removes what was opened while it removed the rest", async () => {
    const { record, read, end } = await opened();
    await record.update({ uploads: [upload("early")] });
    const removed: string[] = [];
    await end(async ({ uploads }) => {
      if (removed.length === 0) await record.update({ uploads: [...uploads, upload("late")] });
      removed.push(...uploads.map(({ uploadId }) => uploadId));
    });
    expect(removed).toEqual(["early", "early", "late"]);
    expect(await read()).toMatchObject({ state: "FAILED", error: "ContainerFailed", uploads: [] });
  });

  test("is told even where S3's answer to it was lost", async () => {
    const { simulator, read, end } = await opened({ maxAttempts: 2 });
    simulator.faults.push({ operation: "PutObject", loseReply: true });
    await end();
    expect(await read()).toMatchObject({ state: "FAILED" });
  });
});

test("a change whose answer was lost is stored, and those after it as well", async () => {
  const { simulator, record, read } = await opened({ maxAttempts: 2 });
  simulator.faults.push({ operation: "PutObject", loseReply: true });
  await record.update({ uploads: [upload("a")] });
  await record.update({ bytes: 5 });
  expect(await read()).toMatchObject({ bytes: 5, uploads: [upload("a")] });
});

test("a change that could not be stored goes with the next one", async () => {
  const { simulator, record, read } = await opened();
  simulator.faults.push({ operation: "PutObject", status: 403 });
  await expect(record.update({ uploads: [upload("a")] })).rejects.toMatchObject({
    name: "DestinationDenied",
  });
  await record.update({ bytes: 5 });
  expect(await read()).toMatchObject({ bytes: 5, uploads: [upload("a")] });
});
