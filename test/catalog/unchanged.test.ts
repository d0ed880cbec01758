import { describe, expect, test } from "vitest";
import { provenanceMetadata } from "../../functions/catalog/metadata.ts";
import { type Comparison, decide } from "../../functions/catalog/unchanged.ts";
import { DestinationTaken, ObjectExists } from "../../functions/errors.ts";

const provenance = { vcenter: "lab", libraryItemId: "item-1", contentVersion: "2", sourceFile: "disk.vmdk" };
const earlier = { ...provenance, contentVersion: "1" };

function exported(from: typeof provenance, checksum = {}) {
  return {
    etag: '"e1"',
    size: 10,
    versionId: null,
    metadata: { ...provenanceMetadata(from, "run/0"), ...checksum },
  };
}

const recorded = {
  name: "disk.vmdk",
  key: "lib/item/disk.vmdk",
  versionId: null,
  etag: '"e1"',
  size: 10,
  checksum: null,
  fileVersion: "5",
  contentVersion: "1",
  recordedAt: "2026-01-01T00:00:00.000Z",
};

const comparison: Comparison = {
  provenance,
  file: { version: "6" },
  url: "s3://b/lib/item/disk.vmdk",
  overwrite: "if-changed",
  existing: undefined,
  recorded: undefined,
};

describe("nothing at the key", () => {
  test.each([
    ["if-changed", null],
    ["never", null],
    ["always", "*"],
  ] as const)("is exported under overwrite %s, replacing %j", (overwrite, replacesETag) => {
    expect(decide({ ...comparison, overwrite })).toEqual({ action: "EXPORT", replacesETag });
  });
});

describe("an earlier export of the file", () => {
  const changed = { ...comparison, existing: exported(earlier) };

  test("is unchanged when the item's content version is the same", () => {
    const same = { ...comparison, existing: exported(provenance) };
    expect(decide(same)).toEqual({ action: "UNCHANGED" });
    expect(decide({ ...same, overwrite: "never" })).toEqual({ action: "UNCHANGED" });
  });

  test("is unchanged when the manifest knows the file's version and the object is still the one it speaks of", () => {
    const same = { ...changed, file: { version: "5" }, recorded };
    expect(decide(same)).toEqual({ action: "UNCHANGED" });
    expect(decide({ ...same, recorded: { ...recorded, etag: '"e2"' } }).action).toBe("EXPORT");
    expect(decide({ ...same, file: { version: "6" } }).action).toBe("EXPORT");
  });

  test("is not taken for unchanged because the server tells no versions", () => {
    const untold = { ...provenance, contentVersion: "" };
    const silent = { ...comparison, provenance: untold, existing: exported(untold), file: { version: "" } };
    expect(decide({ ...silent, recorded: { ...recorded, fileVersion: "" } }).action).toBe("EXPORT");
  });

  test("is unchanged when vCenter's checksum is the recorded one, in the same algorithm", () => {
    const existing = exported(earlier, {
      "checksum-algorithm": "SHA1",
      checksum: "ab",
      "checksum-source": "session",
    });
    const file = (algorithm: string, value: string) => ({ version: "6", checksum: { algorithm, value } });
    expect(decide({ ...comparison, existing, file: file("SHA1", "AB") }).action).toBe("UNCHANGED");
    expect(decide({ ...comparison, existing, file: file("SHA1", "cd") }).action).toBe("EXPORT");
    expect(decide({ ...comparison, existing, file: file("MD5", "ab") }).action).toBe("EXPORT");
  });

  test("that has changed is replaced only where nobody else replaced it meanwhile", () => {
    expect(decide(changed)).toEqual({ action: "EXPORT", replacesETag: '"e1"' });
  });

  test("that has changed is refused under overwrite never", () => {
    expect(() => decide({ ...changed, overwrite: "never" })).toThrow(ObjectExists);
  });

  test("is replaced whatever it is under overwrite always", () => {
    const same = { ...comparison, existing: exported(provenance), overwrite: "always" as const };
    expect(decide(same)).toEqual({ action: "EXPORT", replacesETag: "*" });
  });
});

describe("an object that this program did not write", () => {
  const foreign = { ...comparison, existing: { etag: '"f"', size: 1, versionId: null, metadata: {} } };

  test("is refused, with the advice how to replace it", () => {
    expect(() => decide(foreign)).toThrow(ObjectExists);
    expect(() => decide(foreign)).toThrow(/overwrite: always/);
    expect(decide({ ...foreign, overwrite: "always" })).toEqual({ action: "EXPORT", replacesETag: "*" });
  });
});

describe("another item's export", () => {
  test.each([
    "if-changed",
    "never",
    "always",
  ] as const)("is never replaced, not even under %s", (overwrite) => {
    const existing = exported({ ...earlier, libraryItemId: "item-2" });
    expect(() => decide({ ...comparison, existing, overwrite })).toThrow(DestinationTaken);
  });
});
