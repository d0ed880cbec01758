import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EndpointNotAllowed, InvalidInput } from "../../../functions/errors.ts";
import { findOnMounts, parseMount } from "../../../functions/export/mounts.ts";
import { damagedBytes } from "../damage.ts";
import { outcomeNow, outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

let folder: string;
let directory: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "mounts-fuzz-")));
  directory = join(folder, "datastore");
  await mkdir(join(directory, "a/b"), { recursive: true });
  await writeFile(join(directory, "a/b/disk.vmdk"), "disk");
  await writeFile(join(directory, "x"), "file");
  await writeFile(join(folder, "secret"), "not of the datastore");
  await mkdir(join(folder, "datastore-2"));
  await writeFile(join(folder, "datastore-2/x"), "of another");
  await symlink("../secret", join(directory, "out"));
  await symlink("..", join(directory, "up"));
  await symlink("a/b", join(directory, "in"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const MOUNT = "ds:///vmfs/volumes/6f1c-02";
const segment = fc.oneof(
  fc.constantFrom("a", "b", "x", "disk.vmdk", "out", "up", "in", "secret", "datastore-2"),
  fc.constantFrom(
    "..",
    ".",
    "%2e%2e",
    "%2E",
    "..%2f",
    "%2f",
    "..%5c",
    "%00",
    "%252e%252e",
    "",
    "%c0%ae",
    "．．",
  ),
  anyText,
);
const uri = fc
  .tuple(
    fc.constantFrom(
      MOUNT,
      "DS:///vmfs/volumes/6f1c-02",
      "ds://host/vmfs/volumes/6f1c-02",
      "ds:///vmfs/volumes/6f1c-02%2f..",
    ),
    fc.array(segment, { maxLength: 6 }),
  )
  .map(([start, segments]) => [start, ...segments].join("/"));

describe("an endpoint on a mount", () => {
  test("is a file below the mount's folder, or refused by name, or left to others", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 3, arbitrary: uri }, damagedBytes(uri).map(String)),
        async (text) => {
          const outcome = await outcomeOf(() => findOnMounts(text, [{ uri: MOUNT, directory }], "disk.vmdk"));
          if (outcome.error !== undefined) expect(outcome.error).toBeInstanceOf(EndpointNotAllowed);
          else if (outcome.value !== undefined) {
            expect(outcome.value.startsWith(directory + sep)).toBe(true);
            expect(await realpath(outcome.value)).toBe(outcome.value);
          }
        },
      ),
      share(5),
    );
  });
});

describe("the declaration of a mount", () => {
  const declaration = fc
    .tuple(fc.constantFrom("ds:///vmfs/volumes/", "file:///", "ds://", "https://", ""), anyText, anyText)
    .map(([scheme, place, path]) => `${scheme}${place}=${path}`);

  test("is read as it was written, or refused by name", () => {
    fc.assert(
      fc.property(fc.oneof(declaration, anyText), (text) => {
        const outcome = outcomeNow(() => parseMount(text));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InvalidInput);
          return;
        }
        const { uri, directory } = outcome.value;
        expect(`${uri}=${directory}`).toBe(text);
        expect(uri).toMatch(/^(ds|file):\/\//i);
        expect(directory).not.toBe("");
      }),
      share(3),
    );
  });
});
