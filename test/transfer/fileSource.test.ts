import { mkdtemp, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SourceChanged, SourceRefused } from "../../functions/errors.ts";
import { fileSource } from "../../functions/transfer/source/fileSource.ts";

const never = new AbortController().signal;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-source-"));
  await writeFile(join(folder, "disk"), "0123456789");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const source = (name = "disk") => fileSource({ path: join(folder, name), fileName: "disk.vmdk" });

test.each([
  [{ start: 0 }, "0123456789"],
  [{ start: 4 }, "456789"],
  [{ start: 2, end: 5 }, "234"],
  [{ start: 8, end: 99 }, "89"],
])("a file is read by any range: %j", async (range, expected) => {
  const stream = await source().open(range, never);
  const buffer = Buffer.alloc(20);
  expect(buffer.toString("utf8", 0, await stream.fill(buffer))).toBe(expected);
  expect(stream).toMatchObject({ start: range.start, total: 10, ranged: true });
  stream.close();
});

test("a file that is written anew has another ETag", async () => {
  // A new file may get the inode of the old one, within one tick of the file system's clock.
  await utimes(join(folder, "disk"), 1, 1);
  const before = await source().open({ start: 0 }, never);
  await rm(join(folder, "disk"));
  await writeFile(join(folder, "disk"), "0123456789");
  const after = await source().open({ start: 0 }, never);
  expect(after.etag).not.toBe(before.etag);
  before.close();
  after.close();
});

test("a file that becomes shorter on the way, or is not there, is refused by name", async () => {
  const stream = await source().open({ start: 0 }, never);
  await truncate(join(folder, "disk"), 4);
  await expect(stream.fill(Buffer.alloc(10))).rejects.toThrow(SourceChanged);
  stream.close();
  await expect(source("nothing").open({ start: 0 }, never)).rejects.toThrow(SourceRefused);
});

test("a file is read on where the last buffer ended", async () => {
  const stream = await source().open({ start: 0 }, never);
  const buffer = Buffer.alloc(4, "-");
  const reads: [number, string, number][] = [];
  for (let time = 0; time < 4; time += 1) {
    const filled = await stream.fill(buffer);
    reads.push([filled, buffer.toString("utf8", 0, filled), stream.offset]);
  }
  expect(reads).toEqual([
    [4, "0123", 4],
    [4, "4567", 8],
    [2, "89", 10],
    [0, "", 10],
  ]);
  stream.close();
});

test("a file that was closed, once or twice, is read no more", async () => {
  const stream = await source().open({ start: 0 }, never);
  stream.close();
  stream.close();
  await expect(stream.fill(Buffer.alloc(1))).rejects.toThrow();
});

test("a file is not opened for a transfer that was stopped", async () => {
  const reason = new Error("the execution was stopped");
  await expect(source("nothing").open({ start: 0 }, AbortSignal.abort(reason))).rejects.toBe(reason);
});
