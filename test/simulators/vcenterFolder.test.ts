import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { librariesFromFolder, sampleLibraries, startVcenter } from "../../simulators/vcenter/index.ts";
import { VcenterFixture } from "./vcenterFixture.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "library-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content = "x"): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
}

test("each sub-folder is an item, each file in it a file, and a loose file an item of its own", async () => {
  for (const path of [
    "vm/vm.OVF",
    "vm/vm.vmdk",
    "discs/a.iso",
    "discs/b.iso",
    "notes/read me.txt",
    "loose.iso",
  ]) {
    await write(path);
  }
  await mkdir(join(folder, "nothing"));
  const [library] = await librariesFromFolder(`${folder}/`);
  expect(library?.name).toBe(folder.split("/").at(-1));
  const items = library?.items.map(({ name, type, files }) => [name, type, files.map((file) => file.name)]);
  expect(items).toEqual([
    ["discs", "iso", ["a.iso", "b.iso"]],
    ["loose.iso", "iso", ["loose.iso"]],
    ["notes", "other", ["read me.txt"]],
    ["nothing", "other", []],
    ["vm", "ovf", ["vm.OVF", "vm.vmdk"]],
  ]);
});

test("ids and versions stay until a file changes, and then the versions of what holds it are new", async () => {
  for (const path of ["one/a.bin", "two/b.bin"]) await write(path);
  const [before] = await librariesFromFolder(folder);
  expect(await librariesFromFolder(folder)).toEqual([before]);
  await utimes(join(folder, "two", "b.bin"), 4_000_000_000, 4_000_000_000);
  const [after] = await librariesFromFolder(folder);
  expect(after?.items.map(({ id }) => id)).toEqual(before?.items.map(({ id }) => id));
  expect(after?.items[0]).toEqual(before?.items[0]);
  expect(after?.items[1]?.contentVersion).not.toBe(before?.items[1]?.contentVersion);
  expect(after?.items[1]?.files[0]?.version).toBe(4_000_000_000_000);
});

test("files on the disk are served as they are", async () => {
  const content = randomUUID().repeat(100_000);
  await write("item/data.bin", content);
  const libraries = await librariesFromFolder(folder);
  await using fixture = await VcenterFixture.of(await startVcenter({ libraries }));
  const id = await fixture.open();
  const uri = await fixture.uri(id, "data.bin");
  expect((await fixture.client.send("GET", uri)).text === content).toBe(true);
  const part = await fixture.client.send("GET", uri, undefined, { range: "bytes=1000000-1000035" });
  expect(part.text).toBe(content.slice(1_000_000, 1_000_036));
});

test("a folder that cannot be read is refused", async () => {
  await expect(librariesFromFolder(join(folder, "missing"))).rejects.toThrow("ENOENT");
});

test("the sample's manifest holds the digests of the files as they are sent", async () => {
  const libraries = await sampleLibraries();
  await using fixture = await VcenterFixture.of(await startVcenter({ libraries }), "appliance");
  const id = await fixture.open();
  const manifest = (await fixture.client.send("GET", await fixture.uri(id, "appliance.mf"))).text;
  for (const name of ["appliance.ovf", "appliance.nvram"]) {
    const { bytes } = await fixture.client.send("GET", await fixture.uri(id, name));
    expect(manifest).toContain(`SHA256(${name})= ${createHash("SHA256").update(bytes).digest("hex")}\n`);
  }
  expect(manifest.trimEnd().split("\n")).toHaveLength(3);
});

test("the sample has the same ids at every start, and its large files take a while to prepare", async () => {
  expect(await sampleLibraries()).toEqual(await sampleLibraries());
  const [library] = await sampleLibraries();
  const program = library?.items.find(({ name }) => name === "node")?.files[0];
  expect(program?.prepare?.map(({ status }) => status)).toEqual([
    "UNPREPARED",
    "PREPARE_REQUESTED",
    "PREPARING",
    "PREPARED",
  ]);
});

test("the sample has an OVF of several files and a real file above 100 MB", async () => {
  const [library] = await sampleLibraries();
  await using simulator = await startVcenter({ libraries: library ? [library] : [] });
  await using fixture = await VcenterFixture.of(simulator, "node");
  const { text } = await fixture.client.send("GET", `/api/content/library/item/${simulator.itemId("node")}`);
  expect(Number(/"size":(\d+)/.exec(text)?.[1])).toBeGreaterThan(100_000_000);
  expect(library?.items.find(({ type }) => type === "ovf")?.files.length).toBeGreaterThan(2);
});
