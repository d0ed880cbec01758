import { PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, test } from "vitest";
import type { CatalogBucket } from "../../functions/catalog/bucket.ts";
import { getText } from "../../functions/catalog/objects.ts";
import type { IndexEntry, KeptItem, VcspItem } from "../../functions/catalog/vcsp.ts";
import { type IndexedLibrary, updateIndex } from "../../functions/catalog/vcspStore.ts";
import { DestinationUnavailable, ObjectExists } from "../../functions/errors.ts";
import type { S3Simulator } from "../../simulators/s3/index.ts";
import { openSimulator } from "../s3/simulator.ts";

const FOLDER = "mirror/Golden/";
const SOURCE = { vcenter: "lab", libraryId: "library-1", libraryName: "Golden" };
const NOW = Date.UTC(2026, 5, 1, 12, 30, 45);
const LATER = NOW + 3_600_000;

function entry(id: string, overrides: Partial<IndexEntry> = {}): IndexEntry {
  const files = [{ name: "a.bin", key: `${id}/a.bin`, size: 5, etag: `etag-${id}`, generation: 100 }];
  return {
    libraryItemId: id,
    name: id,
    type: "other",
    isVappTemplate: false,
    folder: `${id}/`,
    files,
    ...overrides,
  };
}

let simulator: S3Simulator;
let catalog: CatalogBucket;
const written: string[] = [];

beforeEach(async () => {
  const opened = await openSimulator();
  simulator = opened.simulator;
  catalog = { s3: opened.client, bucket: "bucket" };
  written.length = 0;
  opened.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === "PutObjectCommand" && "Key" in args.input) written.push(String(args.input.Key));
        return next(args);
      },
    { step: "initialize" },
  );
});

function library(
  entries: (IndexEntry | KeptItem)[],
  overrides: Partial<IndexedLibrary> = {},
): IndexedLibrary {
  return {
    ...SOURCE,
    folder: FOLDER,
    async *entries() {
      yield* entries;
    },
    ...overrides,
  };
}

const update = (entries: (IndexEntry | KeptItem)[], now = NOW, overrides: Partial<IndexedLibrary> = {}) =>
  updateIndex(catalog, library(entries, overrides), now);

async function read(name: string): Promise<Record<string, unknown>> {
  return JSON.parse((await getText(catalog, FOLDER + name))?.text ?? "null");
}

async function items(): Promise<Map<string, VcspItem>> {
  // What this test has written, in the shape that it has just been given.
  const { items } = (await read("items.json")) as { items: VcspItem[] };
  return new Map(items.map((item) => [String(item.name), item]));
}

/** What was written since the last call, within the library's folder. */
function writes(): string[] {
  return written.splice(0).map((key) => key.slice(FOLDER.length));
}

describe("the index of a library", () => {
  test("is written with lib.json last, so that nobody reads of what is not there yet", async () => {
    expect(await update([entry("b"), entry("a")])).toEqual({ key: `${FOLDER}lib.json`, written: 4 });
    const keys = writes();
    expect(keys.slice(0, 2).sort()).toEqual(["a/item.json", "b/item.json"]);
    expect(keys.slice(2)).toEqual(["items.json", "lib.json"]);
  });

  test("says what a subscriber needs to know of the library", async () => {
    await update([entry("a")]);
    expect(await read("lib.json")).toEqual({
      vcspVersion: "2",
      version: "1",
      contentVersion: "1",
      name: "Golden",
      id: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      created: "2026-06-01T12:30Z",
      capabilities: { transferIn: ["httpGet"], transferOut: ["httpGet"] },
      itemsHref: "items.json",
    });
  });

  test("has each item in items.json as in its own item.json", async () => {
    await update([entry("a")]);
    expect(await read("a/item.json")).toEqual((await items()).get("a"));
    expect((await items()).get("a")).toMatchObject({
      version: "1",
      contentVersion: "1",
      type: "vcsp.other",
      selfHref: "a/item.json",
      files: [{ name: "a.bin", size: 5, etag: "etag-a", hrefs: ["a/a.bin"] }],
    });
  });

  test("is not written again when nothing has changed", async () => {
    await update([entry("a"), entry("b")]);
    writes();
    expect((await update([entry("b"), entry("a")], LATER)).written).toBe(0);
    expect(writes()).toEqual([]);
  });

  test("moves the versions of what has changed, and only those", async () => {
    await update([entry("a"), entry("b"), entry("c")]);
    writes();
    const files = [{ name: "a.bin", key: "b/a.bin", size: 6, etag: "other", generation: 200 }];
    await update([entry("a"), entry("b", { files }), entry("c", { name: "renamed" })], LATER);
    expect(writes().sort()).toEqual(["b/item.json", "c/item.json", "items.json", "lib.json"]);
    const now = await items();
    expect(now.get("a")).toMatchObject({ version: "1", contentVersion: "1" });
    expect(now.get("b")).toMatchObject({ version: "2", contentVersion: "2", created: "2026-06-01T12:30Z" });
    expect(now.get("renamed")).toMatchObject({ version: "2", contentVersion: "1" });
    expect(await read("lib.json")).toMatchObject({ version: "2", created: "2026-06-01T12:30Z" });
  });

  test("keeps ids over a change of name, and has others for another vCenter", async () => {
    await update([entry("a")]);
    const before = { library: (await read("lib.json")).id, item: (await items()).get("a")?.id };
    await update([entry("a", { name: "z" })], LATER, { libraryName: "Silver" });
    expect({ library: (await read("lib.json")).id, item: (await items()).get("z")?.id }).toEqual(before);
    await update([entry("a")], NOW, { folder: "other/", vcenter: "dr" });
    expect(JSON.parse((await getText(catalog, "other/lib.json"))?.text ?? "").id).not.toBe(before.library);
  });

  test("drops an item with its item.json", async () => {
    await update([entry("a"), entry("b")]);
    await update([entry("b")], LATER);
    expect([...(await items()).keys()]).toEqual(["b"]);
    expect(simulator.objects("bucket")).not.toContain(`${FOLDER}a/item.json`);
    expect(await read("lib.json")).toMatchObject({ version: "2" });
  });

  test("gives an item that comes back no version that it had before", async () => {
    await update([entry("a"), entry("b")]);
    await update([entry("b")]);
    await update([entry("a"), entry("b")]);
    expect((await items()).get("a")).toMatchObject({ version: "3", contentVersion: "3" });
    expect((await items()).get("b")).toMatchObject({ version: "1", contentVersion: "1" });
  });

  test("keeps what it says of items that a sync did not look at, and of those alone", async () => {
    await update([entry("a"), entry("b"), entry("c")]);
    writes();
    const files = [{ name: "a.bin", key: "a/a.bin", size: 6, etag: "other", generation: 200 }];
    await update([entry("a", { files })], LATER, { lookedAt: new Set(["a", "b"]) });
    const now = await items();
    expect([...now.keys()].sort()).toEqual(["a", "c"]);
    expect(now.get("a")).toMatchObject({ version: "2" });
    expect(now.get("c")).toMatchObject({ version: "1" });
    expect(writes()).toEqual(["a/item.json", "items.json", "lib.json"]);
    expect(simulator.objects("bucket")).toContain(`${FOLDER}c/item.json`);
    expect(simulator.objects("bucket")).not.toContain(`${FOLDER}b/item.json`);
  });

  test("says of an item what it said, as long as its objects are the ones that it speaks of", async () => {
    await update([entry("a"), entry("b")]);
    writes();
    const kept = (id: string, etag: string) => ({
      libraryItemId: id,
      objects: [{ key: `${id}/a.bin`, etag }],
    });
    const { written } = await update([kept("a", "etag-a"), kept("b", "another"), kept("c", "new")], LATER);
    expect(written).toBe(2);
    expect([...(await items()).entries()]).toEqual([["a", expect.objectContaining({ version: "1" })]]);
    expect(simulator.objects("bucket")).not.toContain(`${FOLDER}b/item.json`);
  });

  test("moves the file of an item that was renamed, and leaves none behind", async () => {
    await update([entry("a", { name: "old", folder: "old/" })]);
    await update([entry("a", { name: "new", folder: "new/" })], LATER);
    expect([...(await items()).keys()]).toEqual(["new"]);
    expect(simulator.objects("bucket").sort()).toEqual(
      ["items.json", "lib.json", "new/item.json"].map((name) => FOLDER + name),
    );
  });

  test("encodes what would act in a URL, once more where a key is encoded already", async () => {
    const key = "a b%2Fc/50% #1.iso";
    const files = [{ name: "50% #1.iso", key, size: 1, etag: "e", generation: 1 }];
    await update([entry("a", { name: "a b/c", type: "iso", folder: "a b%2Fc/", files })]);
    expect((await items()).get("a b/c")).toMatchObject({
      type: "vcsp.iso",
      selfHref: "a%20b%252Fc/item.json",
      files: [{ hrefs: ["a%20b%252Fc/50%25%20%231.iso"] }],
    });
    expect(simulator.objects("bucket")).toContain(`${FOLDER}a b%2Fc/item.json`);
  });

  test("leaves a file of the item alone that is named item.json", async () => {
    const files = [{ name: "item.json", key: "a/item.json", size: 1, etag: "e", generation: 1 }];
    await update([entry("a", { files })]);
    expect(writes()).toEqual(["a/.item.json", "items.json", "lib.json"]);
  });

  test("tells of an OVF what vCenter keeps of one, as JSON within JSON", async () => {
    await update([entry("a", { type: "ovf", isVappTemplate: true })]);
    const item = (await items()).get("a");
    // Of the shape that the next lines look at.
    const [metadata] = item?.metadata as { key: string; value: string; domain: string }[];
    expect(metadata).toMatchObject({ key: "type-metadata", domain: "SYSTEM" });
    expect(JSON.parse(metadata?.value ?? "")).toMatchObject({
      id: item?.id,
      libraryIdParent: (await read("lib.json")).id,
      isVappTemplate: "true",
    });
  });

  test("shows a change whose lib.json was lost in a crash with the next one", async () => {
    await update([entry("a")]);
    simulator.faults.push({ operation: "PutObject", key: `${FOLDER}lib.json`, status: 503 });
    await expect(update([entry("a"), entry("b")], LATER)).rejects.toThrow(DestinationUnavailable);
    expect(await read("lib.json")).toMatchObject({ version: "1" });
    expect((await update([entry("a"), entry("b")], LATER)).written).toBe(1);
    expect(await read("lib.json")).toMatchObject({ version: "2" });
  });

  test.each([
    "a/a.bin",
    "lib.json",
    "%zz/item.json",
  ])("deletes nothing that is no item.json, though it says that an item's is %s", async (selfHref) => {
    await update([entry("a")]);
    const put = (key: string, body: string) =>
      catalog.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: FOLDER + key, Body: body }));
    await put("a/a.bin", "bytes");
    const [item] = (await items()).values();
    await put("items.json", JSON.stringify({ items: [item, { ...item, id: "urn:other", selfHref }] }));
    await update([entry("a")], LATER);
    expect(simulator.objects("bucket")).toEqual(
      expect.arrayContaining(["a/a.bin", "lib.json"].map((key) => FOLDER + key)),
    );
    expect([...(await items()).keys()]).toEqual(["a"]);
  });

  test("is not written over a lib.json that is no JSON at all", async () => {
    const Body = "{";
    await catalog.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: `${FOLDER}lib.json`, Body }));
    await expect(update([entry("a")])).rejects.toThrow(ObjectExists);
    expect(simulator.objects("bucket")).toEqual([`${FOLDER}lib.json`]);
  });

  test("is not written over another library's", async () => {
    await catalog.s3.send(
      new PutObjectCommand({ Bucket: "bucket", Key: `${FOLDER}lib.json`, Body: '{"vcspVersion":"2"}' }),
    );
    await expect(update([entry("a")])).rejects.toThrow(ObjectExists);
    expect(simulator.objects("bucket")).toEqual([`${FOLDER}lib.json`]);
  });

  test("of two writers at once has what both agree on, and none fails", async () => {
    await update([entry("a")]);
    await Promise.all([update([entry("a"), entry("b")]), update([entry("a"), entry("b")])]);
    expect([...(await items()).keys()].sort()).toEqual(["a", "b"]);
    expect((await update([entry("a"), entry("b")])).written).toBe(0);
  });
});
