import {
  type Cursor,
  parseCursor,
  type ReceivingCursor,
  sealCursor,
} from "../../functions/transfer/cursor.ts";
import { Deadline } from "../../functions/transfer/deadline.ts";
import { createResumableDigest, resumeDigest } from "../../functions/transfer/digest.ts";
import { partSize, planParts } from "../../functions/transfer/parts.ts";
import type { Large } from "./results.ts";
import { type Bench, jobFor, measurePipeline } from "./sections.ts";
import type { BenchTarget } from "./targets.ts";

const GiB = 1024 ** 3;

/**
 * A real file above 5 GiB by way of a staging object, which is copied in ranges; and a file of 1 TiB through every
 * invocation that it needs, its bytes assumed.
 */
export async function measureLarge(bench: Bench, target: BenchTarget): Promise<Large> {
  const file = await bench.source.serve(6 * GiB);
  const run = await measurePipeline(bench, { ...jobFor(bench, target, file), checksumUnknown: true });
  bench.say(`6 GiB through a staging object: ${run.seconds.toFixed(0)} s`);
  return { bytes: file.bytes, run, simulation: await simulate(1024 * GiB) };
}

const INVOCATION_MILLISECONDS = 900_000;
/** What a Lambda function moves, about. */
const BYTES_PER_SECOND = 75_000_000;

/**
 * Walks a file's parts against the deadline of each invocation, at an assumed pace, and hands cursors with real
 * midstates from one to the next as JSON. What a part's bytes would be stands for them: its number.
 */
async function simulate(total: number): Promise<Large["simulation"]> {
  const plan = planParts({ total, sizeHint: 0 });
  let cursor = firstCursor(plan, total);
  let invocations = 0;
  let largestCursorBytes = 0;
  let now = 0;
  const clock = { now: () => now, sleep: async () => {} };
  while (cursor.offset < total) {
    invocations += 1;
    const endsAt = now + INVOCATION_MILLISECONDS;
    const deadline = new Deadline(() => endsAt - now, clock, cursor.fileName);
    const digest = await (cursor.midstates
      ? resumeDigest(cursor.midstates)
      : createResumableDigest(["SHA1"]));
    let { offset, parts } = cursor;
    while (offset < total && !deadline.isNear()) {
      parts += 1;
      const bytes = Math.min(partSize(plan, parts), total - offset);
      await digest.update(Buffer.from(String(parts)));
      now += (bytes / BYTES_PER_SECOND) * 1000;
      deadline.stepDone();
      deadline.uploadTook((bytes / BYTES_PER_SECOND) * 1000);
      offset += bytes;
    }
    if (now > endsAt) throw new Error(`Invocation ${invocations} did not end in time`);
    const saved = JSON.stringify(sealCursor({ ...cursor, offset, parts, midstates: digest.save() ?? null }));
    largestCursorBytes = Math.max(largestCursorBytes, saved.length);
    cursor = receiving(parseCursor(JSON.parse(saved), cursor));
  }
  return { bytes: total, invocations, largestCursorBytes, partBytes: plan.partSizeBytes };
}

function firstCursor(plan: ReceivingCursor["plan"], total: number): ReceivingCursor {
  return {
    ...{ fileName: "disk.vmdk", exportId: "simulated", startedAt: 0, startedAnew: 0 },
    ...{ phase: "receiving", upFront: null },
    upload: { bucket: "bench", key: "disk.vmdk", uploadId: "simulated" },
    ...{ plan, parts: 0, offset: 0, readers: 1, crc32: 0, midstates: null, digests: {} },
    source: { total, etag: '"simulated"' },
  };
}

function receiving(cursor: Cursor): ReceivingCursor {
  if (cursor.phase !== "receiving") throw new Error("A cursor changed its phase");
  return cursor;
}
