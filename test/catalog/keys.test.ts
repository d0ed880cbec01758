import fc from "fast-check";
import { expect, test } from "vitest";
import {
  encodeName,
  fileKey,
  manifestKey,
  normalizePrefix,
  runFolder,
} from "../../functions/catalog/keys.ts";
import { InvalidInput, KeyTooLong } from "../../functions/errors.ts";

test.each([
  ["ubuntu 24.04.iso", "ubuntu 24.04.iso"],
  ["Größe-日本.vmdk", "Größe-日本.vmdk"],
  ["a/b", "a%2Fb"],
  ["a\\b", "a%5Cb"],
  ["100%.iso", "100%25.iso"],
  [".", "%2E"],
  ["..", "%2E."],
  [".export.json", "%2Eexport.json"],
  ["line\nbreak", "line%0Abreak"],
  ["", "%"],
])("encodes the name %j as %j", (name, encoded) => {
  expect(encodeName(name)).toBe(encoded);
});

test("gives different names different encodings, none of which can act as a path", () => {
  const anyName = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."./%\\2EF\ud800") }),
  );
  fc.assert(
    fc.property(anyName, anyName, (a, b) => {
      const encoded = encodeName(a);
      expect(encoded).not.toMatch(/[/\\]|^\.|\p{Cc}/u);
      expect(encoded).not.toBe("");
      if (a !== b) expect(Buffer.from(encoded).equals(Buffer.from(encodeName(b)))).toBe(false);
    }),
  );
});

test("keeps the program's own keys apart from those of every library, item and file", () => {
  expect(fileKey("", ".library-export", "runs", "x")).toBe("%2Elibrary-export/runs/x");
  expect(fileKey("p/", "lib", "item", ".export.json")).not.toBe(manifestKey("p/", "lib", "item"));
  expect(manifestKey("p/", "lib", "item")).toBe("p/lib/item/.export.json");
  expect(runFolder("p/", "run-1")).toBe("p/.library-export/runs/run-1/");
});

test("refuses a key over 1,024 bytes of UTF-8, and takes one of exactly 1,024", () => {
  const room = 1024 - "lib/item/".length;
  expect(fileKey("", "lib", "item", "x".repeat(room))).toHaveLength(1024);
  expect(() => fileKey("", "lib", "item", "x".repeat(room + 1))).toThrow(KeyTooLong);
  expect(() => fileKey("", "lib", "item", "ä".repeat(room / 2 + 1))).toThrow(/1026 bytes|1025 bytes/);
});

test.each([
  ["", ""],
  ["/", ""],
  ["golden", "golden/"],
  ["/golden/images/", "golden/images/"],
])("normalizes the prefix %j to %j", (prefix, normalized) => {
  expect(normalizePrefix(prefix, "destination.prefix")).toBe(normalized);
});

test.each([
  "a//b",
  "../a",
  "a/./b",
  ".library-export/runs",
  "a\u0000b",
])("refuses the prefix %j by its field", (prefix) => {
  expect(() => normalizePrefix(prefix, "destination.prefix")).toThrow(InvalidInput);
  expect(() => normalizePrefix(prefix, "destination.prefix")).toThrow(/^destination\.prefix: /);
});
