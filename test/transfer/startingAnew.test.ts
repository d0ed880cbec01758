import { createHash, randomBytes } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { ChecksumMismatch, DestinationChanged, TransferInterrupted } from "../../functions/errors.ts";
import { fakeClock } from "../clocks.ts";
import { invoke } from "./continuations.ts";
import { KEY, prepareTransfer, STAGING_KEY } from "./harness.ts";

const MiB = 1024 ** 2;
const content = randomBytes(12 * MiB);
const checksumOf = (algorithm: string) => ({
  algorithm,
  value: createHash(algorithm).update(content).digest("hex"),
});

async function prepare(...settings: Parameters<typeof prepareTransfer>) {
  const transfer = await prepareTransfer(...settings);
  onTestFinished(() => transfer.close());
  return transfer;
}

const CONFLICT = { operation: "CompleteMultipartUpload", key: KEY, status: 409 } as const;

describe("that a file was started anew", () => {
  test("is counted once for a conflict, also where a cursor was gone on with", async () => {
    const transfer = await prepare({ content }, { itemChecksum: checksumOf("SHA1") });
    const first = await invoke(transfer, null, 1);
    transfer.s3.faults.push(CONFLICT);
    const second = await invoke(transfer, first.done ? null : first.cursor, 3);
    expect(second).toMatchObject({ done: false, cursor: { parts: 1, startedAnew: 1 } });
  });

  test("is not counted where it passes once more because vCenter's last word asks for another checksum", async () => {
    const transfer = await prepare(
      { content },
      { itemChecksum: checksumOf("SHA1"), verdict: { checksum: checksumOf("SHA256") } },
    );
    const first = await invoke(transfer, null, 1);
    const second = await invoke(transfer, first.done ? null : first.cursor, 3);
    expect(second).toMatchObject({
      done: false,
      cursor: { parts: 1, startedAnew: 0, upFront: null, upload: { key: STAGING_KEY } },
    });
  });
});

describe("before a file is started anew, the wait grows", () => {
  test("with every conflict", async () => {
    const clock = fakeClock();
    const transfer = await prepare({ content }, { clock });
    transfer.s3.faults.push({ ...CONFLICT, times: 100 });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });

  test("with every broken download", async () => {
    const clock = fakeClock();
    const breakAt = Array<number>(9).fill(6 * MiB);
    const transfer = await prepare({ content, ranges: false, breakAt }, { clock });
    await expect(transfer.run()).rejects.toThrow(TransferInterrupted);
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });
});

test("why a transfer failed is told, also where its upload cannot be aborted", async () => {
  const verdict = { checksum: { algorithm: "SHA1", value: "0".repeat(40) } };
  const transfer = await prepare({ content }, { verdict });
  transfer.s3.faults.push({ operation: "AbortMultipartUpload", status: 403, times: 9 });
  await expect(transfer.run()).rejects.toThrow(ChecksumMismatch);
});
