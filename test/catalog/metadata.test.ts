import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeHeaderText, encodeHeaderText } from "../../functions/catalog/headerText.ts";
import { provenanceMetadata, readChecksum, readProvenance } from "../../functions/catalog/metadata.ts";
import { MetadataTooLarge } from "../../functions/errors.ts";

const provenance = {
  vcenter: "lab",
  libraryItemId: "0b5c:77",
  contentVersion: "3",
  sourceFile: "disk-0.vmdk",
};

test("leaves plain text as it is, so that people can read the metadata", () => {
  expect(provenanceMetadata(provenance, "run/0")).toEqual({
    vcenter: "lab",
    "library-item-id": "0b5c:77",
    "content-version": "3",
    "source-file": "disk-0.vmdk",
  });
});

test("writes what is not ASCII as RFC 2047 encoded words of at most 75 characters", () => {
  const header = encodeHeaderText("Größe-日本語-".repeat(12));
  expect(header).toMatch(/^[\x20-\x7e]+$/);
  for (const word of header.split(" ")) {
    expect(word).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/);
    expect(word.length).toBeLessThanOrEqual(75);
  }
});

test("reads every text back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      expect(decodeHeaderText(encodeHeaderText(value))).toBe(value);
    }),
  );
  for (const value of ["", " a", "a  b", "=?UTF-8?B?YQ==?=", "a\nb"]) {
    expect(decodeHeaderText(encodeHeaderText(value))).toBe(value);
  }
});

test("reads the Q encoding that S3 itself may answer with", () => {
  expect(decodeHeaderText("=?UTF-8?Q?Gr=C3=B6=C3=9Fe_1?=")).toBe("Größe 1");
});

test("reads the provenance back, and none from an object that somebody else wrote", () => {
  const unusual = { ...provenance, sourceFile: "Größe.vmdk" };
  expect(readProvenance(provenanceMetadata(unusual, "run/0"))).toEqual(unusual);
  expect(readProvenance({ "source-file": "disk-0.vmdk" })).toBeUndefined();
  expect(readProvenance({})).toBeUndefined();
});

test("takes a recorded checksum only when it can be compared", () => {
  const recorded = { "checksum-algorithm": "SHA1", checksum: "ab12", "checksum-source": "session" };
  expect(readChecksum(recorded)).toEqual({ algorithm: "SHA1", value: "ab12", source: "session" });
  expect(readChecksum({ ...recorded, "checksum-algorithm": "WHIRLPOOL" })).toBeUndefined();
  expect(readChecksum({ ...recorded, checksum: "not hex" })).toBeUndefined();
});

test("refuses metadata over S3's 2 KB before anything is sent", () => {
  const long = { ...provenance, sourceFile: "ü".repeat(700) };
  expect(() => provenanceMetadata(long, "run/0")).toThrow(MetadataTooLarge);
});
