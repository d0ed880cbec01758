import { FileTooLarge, InvalidInput } from "../errors.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** S3's limits (Amazon S3 User Guide, "Multipart upload limits"; objects of 50 TB since December 2025). */
export const S3_LIMITS = {
  parts: 10_000,
  smallestPartBytes: 5 * MiB,
  largestPartBytes: 5 * GiB,
  largestObjectBytes: 50 * 1000 ** 4,
} as const;

export const DEFAULT_PART_BYTES = 8 * MiB;

/** After its steady parts, a plan for an unknown total doubles the part size this often. */
const PARTS_PER_DOUBLING = 80;

/**
 * How a file is cut. Parts `1` to `steadyParts` have `partSizeBytes`; after them the size doubles every 80
 * parts, up to S3's largest. A file whose total is known has steady parts only. Plain data, so that a cursor can
 * carry it: every part's place follows from the plan alone.
 */
export interface PartPlan {
  partSizeBytes: number;
  steadyParts: number;
}

export interface PartPlanInput {
  /** Bytes of the file; undefined when the source does not tell. */
  total: number | undefined;
  /** What the file is expected to be when the total is unknown; 0 for no idea. */
  sizeHint: number;
  /** Bytes asked for by the user. */
  partSizeBytes?: number | undefined;
}

/**
 * The smallest parts, from 8 MiB on, of which 10,000 hold the file. Without a total the parts stay the same up to
 * one and a half times the hint, which takes half of S3's part numbers at most, and grow from there; without a hint
 * they grow from the start, fast enough that S3's largest object is met before its last part.
 *
 * @throws FileTooLarge when no plan can hold the file
 * @throws InvalidInput when the size asked for is outside S3's limits
 */
export function planParts({ total, sizeHint, partSizeBytes }: PartPlanInput): PartPlan {
  const wanted = partSizeBytes ?? DEFAULT_PART_BYTES;
  checkPartSize(wanted);
  if (total === undefined) {
    const expected = Math.min(sizeHint * 1.5, S3_LIMITS.largestObjectBytes);
    const size = Math.min(
      Math.max(wanted, holding(expected, S3_LIMITS.parts / 2)),
      S3_LIMITS.largestPartBytes,
    );
    return { partSizeBytes: size, steadyParts: Math.ceil(expected / size) };
  }
  if (total > S3_LIMITS.largestObjectBytes) {
    throw new FileTooLarge(`The file has ${total} bytes; the largest object in S3 has 50 TB`);
  }
  return { partSizeBytes: Math.max(wanted, holding(total, S3_LIMITS.parts)), steadyParts: S3_LIMITS.parts };
}

/** Bytes of part `number` (from 1), unless the file ends in it. */
export function partSize(plan: PartPlan, number: number): number {
  if (number <= plan.steadyParts) return plan.partSizeBytes;
  const doublings = Math.ceil((number - plan.steadyParts) / PARTS_PER_DOUBLING) - 1;
  return Math.min(plan.partSizeBytes * 2 ** doublings, S3_LIMITS.largestPartBytes);
}

/** The part size, in whole MiB, of which `parts` hold `bytes`. */
function holding(bytes: number, parts: number): number {
  return Math.ceil(bytes / parts / MiB) * MiB;
}

function checkPartSize(bytes: number): void {
  if (bytes < S3_LIMITS.smallestPartBytes || bytes > S3_LIMITS.largestPartBytes) {
    throw new InvalidInput(`The part size must be between 5 MiB and 5 GiB; it is ${bytes} bytes`);
  }
}
