import { describe, expect, test } from "vitest";
import { type ItemFacts, planGone, planItem } from "../../functions/sync/planItem.ts";
import { itemFile, libraryItem, storedItem } from "./facts.ts";

const FOLDER = "mirror/Golden/ubuntu/";

function plan(facts: Partial<ItemFacts>) {
  return planItem({
    index: 0,
    item: libraryItem(),
    files: [itemFile()],
    folder: FOLDER,
    stored: [storedItem()],
    includeUncached: false,
    ...facts,
  });
}

describe("an item is unchanged", () => {
  test("when its content version is the recorded one", () => {
    expect(plan({ files: [itemFile({ version: "8" })] })).toMatchObject({ action: "UNCHANGED", bytes: 0 });
  });

  test("when the item's version moved, but the version of each file did not", () => {
    expect(plan({ item: libraryItem({ contentVersion: "4" }) }).action).toBe("UNCHANGED");
  });

  test("when versions moved, but size and checksum are the recorded ones", () => {
    const files = [itemFile({ version: "8", checksum: { algorithm: "SHA256", value: "AB12" } })];
    expect(plan({ item: libraryItem({ contentVersion: "4" }), files }).action).toBe("UNCHANGED");
  });

  test("when it was evicted since: what is missing at vCenter is not missing in the bucket", () => {
    const item = libraryItem({ cached: false, size: 0 });
    expect(plan({ item, files: [itemFile({ cached: false, size: 0 })] }).action).toBe("UNCHANGED");
  });
});

describe("an item is changed", () => {
  const item = libraryItem({ contentVersion: "4" });

  test("when a file has another version, and nothing else speaks for it", () => {
    expect(plan({ item, files: [itemFile({ version: "8" })] })).toMatchObject({
      action: "CHANGED",
      bytes: 100,
    });
  });

  test("when a file's checksum is another, or its size", () => {
    const checksum = { algorithm: "SHA256", value: "ff00" };
    expect(plan({ item, files: [itemFile({ version: "8", checksum })] }).action).toBe("CHANGED");
    const resized = itemFile({ version: "8", size: 101, checksum: { algorithm: "SHA256", value: "ab12" } });
    expect(plan({ item, files: [resized] }).action).toBe("CHANGED");
  });

  test("when it has a file more, of which alone the bytes count", () => {
    const files = [itemFile(), itemFile({ name: "new.bin", size: 7 })];
    expect(plan({ files })).toMatchObject({ action: "CHANGED", bytes: 7, files: ["image.bin", "new.bin"] });
  });

  test("when an object that its manifest names is gone or replaced", () => {
    expect(plan({ stored: [storedItem({ intact: [] })] }).action).toBe("CHANGED");
  });

  test("when the server tells no version and no checksum: nothing can be concluded from silence", () => {
    const stored = storedItem({ file: { contentVersion: "", fileVersion: "" } });
    const silent = plan({
      item: libraryItem({ contentVersion: "" }),
      files: [itemFile({ version: "" })],
      stored: [stored],
    });
    expect(silent.action).toBe("CHANGED");
  });

  test("when it was marked as deleted and is there again", () => {
    const stored = storedItem({ manifest: { deletedAtSource: "2026-02-01T00:00:00.000Z" } });
    expect(plan({ stored: [stored] }).action).toBe("CHANGED");
  });
});

test("an item of which the bucket has nothing is new", () => {
  expect(plan({ stored: [] })).toMatchObject({ action: "NEW", bytes: 100, stored: null });
});

test("an item that the bucket has under another name is renamed, and what was there is superseded", () => {
  const old = storedItem({ folder: "mirror/Golden/old name/" });
  expect(plan({ stored: [old] })).toMatchObject({ action: "RENAMED", stored: null, superseded: [old] });
});

test("an item without files is not exportable", () => {
  expect(plan({ files: [] }).action).toBe("NOT_EXPORTABLE");
});

test("an item whose content is still at the publisher is fetched only when asked for", () => {
  const facts = { item: libraryItem({ cached: false }), files: [itemFile({ cached: false })], stored: [] };
  expect(plan(facts)).toMatchObject({ action: "NOT_CACHED", bytes: 0 });
  expect(plan({ ...facts, includeUncached: true }).action).toBe("NEW");
});

test("of an item that vCenter has no more, the name it had last stands", () => {
  const older = storedItem({ folder: "mirror/Golden/a/", manifest: { item: { name: "a", type: "other" } } });
  const newer = storedItem({
    folder: "mirror/Golden/b/",
    manifest: { item: { name: "b", type: "other" }, updatedAt: "2026-03-01T00:00:00.000Z" },
  });
  expect(planGone(5, "item-1", [older, newer])).toMatchObject({
    index: 5,
    action: "GONE",
    name: "b",
    stored: newer,
    superseded: [older],
  });
});
