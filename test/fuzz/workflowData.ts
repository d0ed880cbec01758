import fc from "fast-check";
import type { RunRecord } from "../../functions/catalog/runRecords.ts";
import type { ItemOutcome } from "../../functions/sync/model.ts";
import type { SyncReport } from "../../functions/sync/report.ts";
import type { Recorded } from "../../functions/sync/state.ts";
import { plainText } from "./text.ts";

const text = fc.oneof(plainText, fc.constant(""));
/** Bytes, up to what S3 takes as one object. */
const size = fc.integer({ min: 0, max: 50 * 1024 ** 4 });
export const time = fc
  .date({ noInvalidDate: true, min: new Date("2020-01-01"), max: new Date("2090-01-01") })
  .map((date) => date.toISOString());
const error = fc.record({ name: text, message: text });
const location = fc.record({ bucket: text, key: text });
const checksum = fc.record({ algorithm: fc.constantFrom("SHA1", "SHA512"), value: text });

/** What FinishItem and the functions before it put out of one file. */
export const fileResult = fc.record({
  index: fc.nat(),
  name: text,
  status: fc.constantFrom("EXPORTED", "UNCHANGED", "FAILED", "PLANNED"),
  bucket: text,
  key: text,
  versionId: fc.option(text),
  size: fc.option(size),
  checksum: fc.option(
    fc
      .tuple(checksum, fc.constantFrom("session", "item", "computed"))
      .map(([of, source]) => ({ ...of, source })),
  ),
  bytesPerSecond: fc.option(size),
  error: fc.option(error),
});

const item = fc.record({
  vcenter: text,
  run: text,
  libraryId: text,
  libraryName: text,
  libraryItemId: text,
  itemName: text,
  itemType: text,
  contentVersion: text,
  bucket: text,
  prefix: text,
  manifestKey: text,
  overwrite: fc.constantFrom("if-changed", "never", "always"),
  requireChecksum: fc.boolean(),
  readers: fc.integer({ min: 1, max: 16 }),
  containerRoute: fc.boolean(),
  dryRun: fc.boolean(),
});
const file = fc.record({
  index: fc.nat(),
  name: text,
  key: text,
  action: fc.constantFrom("EXPORT", "UNCHANGED", "REFUSE"),
  error: fc.option(error),
  sizeHint: size,
  fileVersion: text,
  checksum: fc.option(checksum),
  replacesETag: fc.option(text),
  unchanged: fc.option(fileResult),
});

/** What a state of an export's file holds. */
export const fileState = fc.record({
  item,
  file,
  session: fc.option(
    fc.record({ downloadSessionId: text, status: text, waitSeconds: fc.nat({ max: 60 }), deadline: time }),
  ),
  transfer: fc.oneof(
    fc.record({ done: fc.constant(false), cursor: fc.jsonValue(), result: fc.constant(null) }),
    fc.record({ done: fc.constant(true), cursor: fc.constant(null), result: fileResult }),
  ),
});

/** What the states of an export hold between ResolveItem and FinishItem. */
export const exportState = fc.record({
  run: plainText,
  input: fc.jsonValue(),
  resolved: fc.option(fc.record({ item, files: fc.array(file, { maxLength: 3 }) })),
  results: fc.array(fileResult, { maxLength: 2 }),
  failure: fc.constant(null),
});

export const report = fc.record({
  startedBy: fc.option(text),
  vcenter: text,
  libraryItemId: text,
  library: text,
  item: text,
  contentVersion: text,
  status: fc.constantFrom("EXPORTED", "UNCHANGED", "FAILED", "PLANNED"),
  counts: fc.record({ exported: fc.nat(), unchanged: fc.nat(), failed: fc.nat(), bytes: size }),
  manifest: fc.option(location),
  files: fc.array(fileResult, { maxLength: 3 }),
  error: fc.option(error),
});

export const runRecord: fc.Arbitrary<RunRecord> = fc.record({
  run: text,
  index: fc.nat({ max: 1000 }),
  vcenter: text,
  libraryItemId: text,
  fileName: text,
  bucket: text,
  key: text,
  state: fc.constantFrom("PREPARING", "TRANSFERRING", "EXPORTED", "FAILED"),
  error: fc.option(text),
  bytes: size,
  bytesPerSecond: fc.option(size),
  totalBytes: fc.option(size),
  openingSession: fc.option(text),
  downloadSessionIds: fc.array(text, { maxLength: 3 }),
  uploads: fc.array(fc.record({ bucket: text, key: text, uploadId: text }), { maxLength: 2 }),
  staging: fc.option(location),
  startedAt: time,
  updatedAt: time,
});

/** What ListLibrary puts out of a sync. */
export const syncPlan = fc.record({
  vcenter: text,
  run: plainText,
  libraryId: text,
  libraryName: text,
  bucket: text,
  prefix: text,
  include: fc.array(text, { maxLength: 2 }),
  exclude: fc.array(text, { maxLength: 2 }),
  requireChecksum: fc.boolean(),
  onDelete: fc.constantFrom("keep", "mark", "delete"),
  includeUncached: fc.boolean(),
  index: fc.boolean(),
  toleratedFailurePercentage: fc.nat({ max: 100 }),
  dryRun: fc.boolean(),
  pages: fc.integer({ min: 1, max: 1000 }),
  itemConcurrency: fc.integer({ min: 1, max: 40 }),
  filesPerItem: fc.integer({ min: 1, max: 40 }),
});

export const syncState = fc.record({
  run: plainText,
  input: fc.jsonValue(),
  sync: fc.option(syncPlan),
  page: fc.constant(null),
  results: fc.constant([]),
  recorded: fc.constant(null),
  failure: fc.option(fc.record({ Error: text, Cause: text })),
});

export const syncOutcome: fc.Arbitrary<ItemOutcome> = fc.record({
  libraryItemId: text,
  item: text,
  action: fc.constantFrom("NEW", "CHANGED", "UNCHANGED", "GONE"),
  status: fc.constantFrom("EXPORTED", "FAILED", "KEPT", "PLANNED"),
  filesMoved: fc.nat(),
  bytesMoved: size,
  filesRetired: fc.nat(),
  error: fc.option(error),
});

const totals = {
  counts: fc.record({
    EXPORTED: fc.nat(),
    UNCHANGED: fc.nat(),
    FAILED: fc.nat(),
    NOT_EXPORTABLE: fc.nat(),
    NOT_CACHED: fc.nat(),
    KEPT: fc.nat(),
    MARKED: fc.nat(),
    DELETED: fc.nat(),
    PLANNED: fc.nat(),
  }),
  filesMoved: fc.nat(),
  bytesMoved: size,
};

/** What RecordPage puts out. */
export const recorded: fc.Arbitrary<Recorded> = fc.record({
  next: fc.nat({ max: 1000 }),
  more: fc.boolean(),
  failure: fc.option(fc.record({ Error: text, Cause: text })),
  totals: fc.record(totals),
});

/** What FinishSync puts out. */
export const syncReport: fc.Arbitrary<SyncReport> = fc.record({
  vcenter: text,
  libraryId: text,
  library: text,
  status: fc.constantFrom("SYNCHRONIZED", "FAILED", "PLANNED"),
  ...totals,
  index: fc.option(location),
  report: fc.option(location),
  error: fc.option(error),
});
