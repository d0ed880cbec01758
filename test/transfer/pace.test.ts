import { createHash, randomBytes } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { FileTooLargeForSource } from "../../functions/errors.ts";
import type { TransferRequest } from "../../functions/transfer/request.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { type FakeClock, fakeClock } from "../clocks.ts";
import { invoke } from "./continuations.ts";
import { prepareTransfer, type Transfer } from "./harness.ts";

const MiB = 1024 ** 2;
const content = randomBytes(22 * MiB + 7);
const upFront = (bytes: Buffer) => ({
  algorithm: "SHA1",
  value: createHash("sha1").update(bytes).digest("hex"),
});

async function prepare(
  ...[source, changes]: Parameters<typeof prepareTransfer>
): Promise<{ transfer: Transfer; clock: FakeClock }> {
  const clock = fakeClock();
  const transfer = await prepareTransfer(source, { clock, ...changes });
  onTestFinished(() => transfer.close());
  return { transfer, clock };
}

/** An invocation that has so many seconds by the transfer's clock. */
function invokeFor(seconds: number, request: TransferRequest, cursor: unknown = null) {
  const end = request.clock.now() + seconds * 1000;
  return transferFile({ ...request, cursor, remainingMilliseconds: () => end - request.clock.now() });
}

/** Every read of the file takes so many seconds. Returns how many there were. */
function slowDown(request: TransferRequest, seconds: number): () => number {
  const { source, clock } = request;
  let reads = 0;
  request.source = {
    async open(range, signal) {
      const stream = await source.open(range, signal);
      const fill = stream.fill.bind(stream);
      stream.fill = async (buffer) => {
        reads += 1;
        await clock.sleep(seconds * 1000);
        return await fill(buffer);
      };
      return stream;
    },
  };
  return () => reads;
}

describe("the pace of a transfer", () => {
  test("is the file's bytes over the time since it began", async () => {
    const { transfer, clock } = await prepare({ content: content.subarray(0, 100_000) });
    transfer.request.hooks.progress = () => void clock.sleep(4000);
    expect((await transfer.run()).bytesPerSecond).toBe(25_000);
  });

  test("is that of a millisecond where no time has passed", async () => {
    const { transfer } = await prepare({ content: content.subarray(0, 100_000) });
    expect((await transfer.run()).bytesPerSecond).toBe(100_000_000);
  });

  test("counts the invocations before, which end when another part like the slowest may take too long", async () => {
    const file = content.subarray(0, 12 * MiB);
    const { transfer, clock } = await prepare({ content: file }, { itemChecksum: upFront(file) });
    transfer.request.hooks.progress = () => void clock.sleep(6000);
    let outcome = await invoke(transfer, null, 9);
    for (const parts of [1, 2]) {
      expect(outcome).toMatchObject({ done: false, cursor: { parts } });
      outcome = await invoke(transfer, outcome.done ? null : outcome.cursor, 9);
    }
    expect(outcome).toMatchObject({ done: true, bytesPerSecond: Math.round(file.length / 18) });
  });
});

describe("a slow source", () => {
  test("that can resume is gone on with in the next invocation, however long the whole file takes", async () => {
    const { transfer } = await prepare({ content }, { itemChecksum: upFront(content) });
    slowDown(transfer.request, 10);
    const first = await invokeFor(54, transfer.request);
    expect(first).toMatchObject({ done: false, cursor: { parts: 2 } });
  });

  test("that cannot is given up while the beginning comes once more, by the time of the whole file", async () => {
    const { transfer } = await prepare({ content, ranges: false });
    const first = await invoke(transfer, null, 3);
    const reads = slowDown(transfer.request, 21);
    const second = invokeFor(90, transfer.request, first.done ? null : first.cursor);
    await expect(second).rejects.toThrow(FileTooLargeForSource);
    expect(reads()).toBe(1);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("that cannot has each of its parts timed, also those that come once more", async () => {
    const { transfer } = await prepare({ content, ranges: false }, { itemChecksum: upFront(content) });
    const first = await invoke(transfer, null, 3);
    slowDown(transfer.request, 10);
    const second = await invokeFor(90, transfer.request, first.done ? null : first.cursor);
    expect(second).toMatchObject({ done: true });
    expect(await transfer.holds(content)).toBe(true);
  });

  test("that can resume has only the beginning to send once more, and from then on nothing", async () => {
    const file = content.subarray(0, 12 * MiB);
    const { transfer } = await prepare({ content: file }, { itemChecksum: upFront(file) });
    const { request } = transfer;
    let left = 60_000;
    request.hooks.progress = () => {
      left = 1000;
    };
    const first = await transferFile({ ...request, remainingMilliseconds: () => left });
    expect(first).toMatchObject({ done: false, cursor: { parts: 1, midstates: null } });
    slowDown(request, 21);
    const second = await invokeFor(60, request, first.done ? null : first.cursor);
    expect(second).toMatchObject({
      done: false,
      cursor: { parts: 2, midstates: { SHA1: expect.any(String) } },
    });
  });
});
