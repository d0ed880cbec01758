import { describe, expect, test } from "vitest";
import { openRunRecords } from "../../functions/catalog/runRecords.ts";
import { openFileRecord } from "../../functions/export/fileRecord.ts";
import { localServices } from "../../local/services.ts";
import { openSimulator } from "../s3/simulator.ts";

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

async function opened() {
  const { client: s3, simulator } = await openSimulator();
  const clock = steppedClock();
  const services = localServices({ profiles: [], s3, clock });
  const item = { run: "run-1", vcenter: "lab", libraryItemId: "i", bucket: "bucket", prefix: "" };
  const file = { index: 0, name: "disk.vmdk", key: "disk.vmdk" };
  const record = await openFileRecord({ item, file }, services);
  const stored = openRunRecords({ s3, bucket: "bucket" }, "", "run-1");
  const writes = () => simulator.requests.filter((operation) => operation === "PutObject").length;
  return { clock, record, read: () => stored.read(0), writes };
}

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
