import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EndpointNotAllowed, InvalidInput } from "../../functions/errors.ts";
import { findOnMounts, parseMount } from "../../functions/export/mounts.ts";

let folder: string;
let directory: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mounts-"));
  directory = join(folder, "datastore");
  await mkdir(join(directory, "contentlib-1/item"), { recursive: true });
  await writeFile(join(directory, "contentlib-1/item/disk #1.vmdk"), "disk");
  await writeFile(join(folder, "secret"), "not of the datastore");
  await symlink(join(folder, "secret"), join(directory, "contentlib-1/item/link.vmdk"));
  await symlink(join(directory, "contentlib-1/item/disk #1.vmdk"), join(directory, "inside.vmdk"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const find = (uri: string, mount = "ds:///vmfs/volumes/6f1c-02") =>
  findOnMounts(uri, [{ uri: mount, directory }], "disk.vmdk");

describe("an endpoint on a mount", () => {
  test.each([
    "ds:///vmfs/volumes/6f1c-02/contentlib-1/item/disk%20%231.vmdk",
    "ds:///vmfs/volumes/6f1c-02//contentlib-1/item//disk%20%231.vmdk?serverId=0a1b",
    "DS:///vmfs/volumes/6f1c-02/contentlib-1/item/disk%20%231.vmdk",
  ])("%s is found", async (uri) => {
    expect(await find(uri)).toBe(join(directory, "contentlib-1/item/disk #1.vmdk"));
  });

  test("may be a link that stays inside, and a file: URI", async () => {
    const path = join(directory, "contentlib-1/item/disk #1.vmdk");
    expect(await find("ds:///vmfs/volumes/6f1c-02/inside.vmdk")).toBe(path);
    expect(await find("file:///contentlib-1/item/disk%20%231.vmdk", "file:///")).toBe(path);
    expect(await find("file://nas/images/inside.vmdk", "file://nas/images")).toBe(path);
  });

  test.each([
    ["another datastore", "ds:///vmfs/volumes/9999/contentlib-1/item/disk%20%231.vmdk"],
    ["a datastore whose name begins alike", "ds:///vmfs/volumes/6f1c-021/inside.vmdk"],
    ["another scheme", "https://vcenter/vmfs/volumes/6f1c-02/inside.vmdk"],
    ["another host", "ds://host/vmfs/volumes/6f1c-02/inside.vmdk"],
    ["an escape that is none", "ds:///vmfs/volumes/6f1c-02/%zz"],
  ])("is left to others when it names %s", async (_what, uri) => {
    expect(await find(uri)).toBeUndefined();
  });

  test.each([
    ["dots", "ds:///vmfs/volumes/6f1c-02/contentlib-1/../../secret"],
    ["encoded dots", "ds:///vmfs/volumes/6f1c-02/%2e%2e/secret"],
    ["an encoded slash", "ds:///vmfs/volumes/6f1c-02/..%2fsecret"],
    ["a backslash", "ds:///vmfs/volumes/6f1c-02/..%5csecret"],
    ["a NUL", "ds:///vmfs/volumes/6f1c-02/inside.vmdk%00"],
    ["a link that leads out", "ds:///vmfs/volumes/6f1c-02/contentlib-1/item/link.vmdk"],
    ["a folder", "ds:///vmfs/volumes/6f1c-02/contentlib-1"],
    ["the mount itself", "ds:///vmfs/volumes/6f1c-02/"],
    ["nothing that exists", "ds:///vmfs/volumes/6f1c-02/nothing.vmdk"],
  ])("is refused with %s", async (_what, uri) => {
    await expect(find(uri)).rejects.toThrow(EndpointNotAllowed);
  });
});

describe("the option", () => {
  test("gives URI and directory, whatever the directory's name holds", () => {
    expect(parseMount("ds:///vmfs/volumes/6f1c=/mnt/a=b")).toEqual({
      uri: "ds:///vmfs/volumes/6f1c",
      directory: "/mnt/a=b",
    });
    expect(parseMount("file:///=/srv")).toEqual({ uri: "file:///", directory: "/srv" });
  });

  test.each([
    "",
    "/mnt",
    "ds:///=/mnt",
    "ds:///vmfs/volumes=/mnt",
    "https://vcenter/=/mnt",
    "file:///",
    "file:///%2e%2e=/mnt",
  ])("refuses %j", (text) => {
    expect(() => parseMount(text)).toThrow(InvalidInput);
  });
});
