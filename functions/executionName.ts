import { createHash, randomUUID } from "node:crypto";
import type { ExportInput } from "./input.ts";

/** Step Functions' limit for the name of an execution. */
const MAX_LENGTH = 80;
const HASH_LENGTH = 12;

/**
 * A name that says what the execution exports, and that no other execution has: `Golden-Images_ubuntu-24-04_9f2c4e1a7b3d`.
 * It holds letters, digits, `-` and `_` alone: Step Functions takes more, but CloudWatch Logs shows no more.
 */
export function executionName(
  { library, item, libraryItemId }: Pick<ExportInput, "library" | "item" | "libraryItemId">,
  unique: string = randomUUID(),
): string {
  return `${subject({ library, item, libraryItemId })}_${hash(unique)}`;
}

/**
 * The same for a sync: `sync_Golden-Images_9f2c4e1a7b3d`. Its first word keeps it apart from exports, beside whose run
 * records its own are.
 */
export function syncExecutionName(
  { library, libraryId }: { library?: string | undefined; libraryId?: string | undefined },
  unique: string = randomUUID(),
): string {
  return SYNC + executionName({ library: library ?? libraryId }, unique);
}

const SYNC = "sync_";

/**
 * What the name of an execution begins with that EventBridge Scheduler starts. It puts an id of its own behind that,
 * for which there is room up to a UUID.
 */
export function scheduledNamePrefix(input: {
  library?: string | undefined;
  item?: string | undefined;
  libraryItemId?: string | undefined;
  libraryId?: string | undefined;
}): string {
  const { item, libraryItemId } = input;
  const isSync = item === undefined && libraryItemId === undefined;
  const what = isSync
    ? SYNC + subject({ library: input.library, libraryItemId: input.libraryId })
    : subject(input);
  return `${slug(what, MAX_LENGTH - UUID_LENGTH - 1)}_`;
}

const UUID_LENGTH = 36;

/**
 * The name that an idempotency key leads to. It follows from the key alone, so that Step Functions itself sees when
 * a key comes again, with the same input or with another: a client that wants to read it chooses readable keys.
 */
export function keyedExecutionName(key: string): string {
  return `${slug(key, MAX_LENGTH - HASH_LENGTH - 1) || "export"}_${hash(key)}`;
}

/** The same for a sync. */
export function keyedSyncExecutionName(key: string): string {
  return `${SYNC}${slug(key, MAX_LENGTH - SYNC.length - HASH_LENGTH - 1) || "library"}_${hash(key)}`;
}

function subject({
  library,
  item,
  libraryItemId,
}: {
  library?: string | undefined;
  item?: string | undefined;
  libraryItemId?: string | undefined;
}): string {
  const named = [library, item].map((name) => slug(name ?? "", 33)).filter(Boolean);
  const what = named.length > 0 ? named.join("_") : slug(libraryItemId ?? "", MAX_LENGTH - HASH_LENGTH - 1);
  return what || "export";
}

function slug(text: string, maxLength: number): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, maxLength)
    .replace(/^[-_]+|[-_]+$/g, "");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}
