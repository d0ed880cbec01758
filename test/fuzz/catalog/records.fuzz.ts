import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headObject, listKeys, putText } from "../../../functions/catalog/objects.ts";
import { openRunRecords } from "../../../functions/catalog/runRecords.ts";
import { InternalError, ManifestUnreadable } from "../../../functions/errors.ts";
import type { Services } from "../../../functions/services.ts";
import { openSyncRecords, readSyncReport } from "../../../functions/sync/records.ts";
import { retire } from "../../../functions/sync/retire.ts";
import { readStoredItems } from "../../../functions/sync/storedItems.ts";
import { createS3Client } from "../../../functions/transfer/s3/uploadClient.ts";
import { localServices } from "../../../local/services.ts";
import { type S3Simulator, startS3 } from "../../../simulators/s3/index.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";
import { runRecord, syncOutcome } from "../workflowData.ts";

const bucket = "records";

let directory: string;
let s3: S3Simulator;
let services: Services;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "records-fuzz-"));
  s3 = await startS3({ directory, buckets: [bucket] });
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  services = localServices({ profiles: [], s3: client });
});
afterAll(async () => {
  services?.s3.destroy();
  await s3?.close();
  await rm(directory, { recursive: true, force: true });
});

/** As it was written, with a field or bytes changed, and something else altogether. */
function hostile(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const written = values.map((value) => JSON.stringify(value));
  const changed = damagedValue(values).map((value) => JSON.stringify(value) ?? "");
  // The SDK warns of an empty body, of which it cannot tell the length.
  return fc.oneof(changed, damagedBytes(written).map(String), anyText).map((text) => text || " ");
}

describe("a run record", () => {
  test("is read and listed as it was written", async () => {
    await fc.assert(
      fc.asyncProperty(runRecord, anyText, async (any, name) => {
        const record = { ...any, run: `run-${name}` };
        const records = openRunRecords({ s3: services.s3, bucket }, "", record.run);
        await records.write(record);
        expect(await records.read(record.index)).toEqual(record);
        expect(await records.list()).toEqual([record]);
        await records.clear();
        expect(await records.exist()).toBe(false);
      }),
      share(1 / 3),
    );
  });

  test("that is damaged is read, or refused by name and not listed", async () => {
    const records = openRunRecords({ s3: services.s3, bucket }, "", "damaged");
    const ofRun = runRecord.map((record) => ({ ...record, run: "damaged", index: 0 }));
    await fc.assert(
      fc.asyncProperty(hostile(ofRun), async (text) => {
        await putText({ s3: services.s3, bucket }, ".library-export/runs/damaged/0.json", text, "*");
        const outcome = await outcomeOf(() => records.read(0));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InternalError);
          expect(await records.list()).toEqual([]);
          return;
        }
        const { value: record } = outcome;
        expect(record).toMatchObject({ run: "damaged", index: 0 });
        expect(Number.isSafeInteger(record?.bytes) && Number(record?.bytes) >= 0).toBe(true);
        expect(await records.list()).toEqual([record]);
      }),
      share(2 / 3),
    );
  });
});

describe("what a sync keeps of its items", () => {
  test("is read as it was written", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(syncOutcome, { maxLength: 3 }), anyText, async (outcomes, run) => {
        const { result, clear, exist } = openSyncRecords({ bucket, prefix: "", run: `run-${run}` }, services);
        const page = { outcomes, entries: [] };
        await result.write(0, page);
        expect(await result.read(0)).toEqual(page);
        await clear();
        expect(await exist()).toBe(false);
      }),
      share(1 / 3),
    );
  });

  test("that is damaged is read or refused by name, the report as well", async () => {
    const { result, plan, entries } = openSyncRecords({ bucket, prefix: "", run: "damaged" }, services);
    const page = fc.record({ outcomes: fc.array(syncOutcome, { maxLength: 2 }), entries: fc.constant([]) });
    const reported = fc.record({ items: fc.array(syncOutcome, { maxLength: 2 }) });
    const folder = ".library-export/syncs/damaged/0";
    await fc.assert(
      fc.asyncProperty(hostile(page), hostile(reported), async (text, report) => {
        for (const name of ["result", "plan", "entries"]) {
          await putText({ s3: services.s3, bucket }, `${folder}/${name}.json`, text, "*");
        }
        await putText({ s3: services.s3, bucket }, "report.json", report, "*");
        for (const read of [
          () => result.read(0),
          () => plan.read(0),
          () => entries.read(0),
          () => readSyncReport(services.s3, { bucket, key: "report.json" }),
        ]) {
          const { error } = await outcomeOf<unknown>(read);
          if (error !== undefined) expect(error).toBeInstanceOf(InternalError);
        }
      }),
      share(1 / 4),
    );
  });
});

describe("a manifest in the folder of a library", () => {
  const OTHER = "Golden/other/disk.vmdk";
  const OWN = "Golden/vm/disk.vmdk";
  const key = fc.constantFrom(OTHER, OWN, "Golden/vm/../other/disk.vmdk", "elsewhere", "");
  /** In the place of the ETag that S3 gives the object. */
  const ETAG = "the-right-etag";
  const file = fc.record({
    name: anyText,
    key,
    versionId: fc.constant(null),
    etag: fc.constantFrom(ETAG, "", '"other"'),
    size: fc.nat(),
    checksum: fc.constant(null),
    fileVersion: anyText,
    contentVersion: anyText,
    recordedAt: anyText,
  });
  const manifest = fc.record({
    format: fc.constant("library-export/1"),
    vcenter: fc.constantFrom("lab", "other"),
    libraryItemId: fc.oneof(fc.constantFrom("__proto__", "item-1"), anyText),
    library: fc.record({ id: fc.constantFrom("library-1", "library-2"), name: anyText }),
    item: fc.record({ name: anyText, type: fc.constant("ovf") }),
    contentVersion: anyText,
    updatedAt: anyText,
    files: fc.array(file, { maxLength: 3 }),
  });
  const sync = { bucket, prefix: "", vcenter: "lab", libraryId: "library-1", libraryName: "Golden" };

  test("speaks for its own folder alone, is of this library, and has nothing else deleted", async () => {
    const catalog = { s3: services.s3, bucket };
    const written = manifest.map((value) => JSON.stringify(value));
    await fc.assert(
      fc.asyncProperty(fc.oneof(written, hostile(manifest)), async (text) => {
        for (const object of [OTHER, "elsewhere", OWN]) {
          await putText(catalog, object, "content", "*");
        }
        const { etag = "" } = (await headObject(catalog, OWN)) ?? {};
        const document = text.replaceAll(ETAG, JSON.stringify(etag).slice(1, -1));
        await putText(catalog, "Golden/vm/.export.json", document, "*");
        const stored = await readStoredItems(sync, services);
        for (const id of stored.ids) {
          for (const item of stored.of(id)) {
            expect(item.manifest).toMatchObject({
              libraryItemId: id,
              vcenter: "lab",
              library: { id: "library-1" },
            });
            expect(item.folder).toBe("Golden/vm/");
            const vouched = item.manifest.files.filter((one) => one.key === OWN && one.etag === etag);
            expect(item.intact).toEqual(vouched.map(({ name }) => name));
            await outcomeOf(() => retire(catalog, item, "delete", "2026-01-01T00:00:00.000Z"), {
              also: [ManifestUnreadable],
            });
          }
        }
        const left = await listKeys(catalog, "");
        expect(left).toContain(OTHER);
        expect(left).toContain("elsewhere");
      }),
      share(1 / 3),
    );
  });
});
