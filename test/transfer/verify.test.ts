import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ChecksumMismatch, ChecksumRequired, SizeMismatch } from "../../functions/errors.ts";
import { type Evidence, verify } from "../../functions/transfer/verify.ts";

const bytes = Buffer.from("the bytes received");
const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
const sha1 = { algorithm: "SHA1", value: hash("sha1") };
const sha256 = { algorithm: "SHA256", value: hash("sha256") };
const otherSha1 = { algorithm: "SHA1", value: "0".repeat(40) };

const evidence: Evidence = {
  fileName: "image.iso",
  size: bytes.length,
  digests: new Map([sha1, sha256].map(({ algorithm, value }) => [algorithm, value])),
  itemChecksum: null,
  verdict: {},
  requireChecksum: false,
};

describe("verify", () => {
  test("records the session's checksum where it is that of the bytes, in lower case", () => {
    const checksum = { algorithm: "SHA1", value: sha1.value.toUpperCase() };
    expect(verify({ ...evidence, verdict: { checksum }, itemChecksum: sha256 })).toEqual({
      checksum: { ...sha1, source: "session" },
      itemChecksumDiffers: false,
    });
  });

  test("needs no checksum of the item beside the session's", () => {
    expect(verify({ ...evidence, verdict: { checksum: sha1 } })).toEqual({
      checksum: { ...sha1, source: "session" },
      itemChecksumDiffers: false,
    });
  });

  test("refuses bytes whose checksum is not the session's, even if the item's agrees", () => {
    const act = () => verify({ ...evidence, verdict: { checksum: otherSha1 }, itemChecksum: sha256 });
    expect(act).toThrow(ChecksumMismatch);
    expect(act).toThrow(`"image.iso": the SHA1 of the bytes received is ${sha1.value}`);
  });

  test("notes that a disk's item checksum differs where the session's agrees", () => {
    const disk = {
      ...evidence,
      fileName: "disk-0.VMDK",
      verdict: { checksum: sha1 },
      itemChecksum: otherSha1,
    };
    expect(verify(disk)).toEqual({ checksum: { ...sha1, source: "session" }, itemChecksumDiffers: true });
  });

  test.each([
    "image.iso",
    "disk-0.vmdk.iso",
    "vmdk",
  ])("refuses any other file whose item checksum differs: %s", (fileName) => {
    const other = { ...evidence, fileName, verdict: { checksum: sha1 }, itemChecksum: otherSha1 };
    expect(() => verify(other)).toThrow(ChecksumMismatch);
  });

  test("takes the item's checksum where the session has none", () => {
    expect(verify({ ...evidence, itemChecksum: sha256 })).toEqual({
      checksum: { ...sha256, source: "item" },
      itemChecksumDiffers: false,
    });
  });

  test("refuses a disk whose item checksum differs where the session has none to settle it", () => {
    expect(() => verify({ ...evidence, fileName: "a.vmdk", itemChecksum: otherSha1 })).toThrow(
      ChecksumMismatch,
    );
  });

  test("records the SHA256 it computed where vCenter gives no checksum", () => {
    expect(verify({ ...evidence, verdict: { size: bytes.length } })).toEqual({
      checksum: { ...sha256, source: "computed" },
      itemChecksumDiffers: false,
    });
  });

  test("takes the listed size where vCenter tells nothing of what it sent", () => {
    const listed = { ...evidence, sizeHint: bytes.length };
    expect(verify(listed)?.checksum.source).toBe("computed");
    for (const sizeHint of [bytes.length + 1, 0]) {
      expect(() => verify({ ...evidence, sizeHint })).toThrow(SizeMismatch);
    }
    expect(() => verify(evidence)).toThrow("tells neither their checksum nor how many it sent");
    expect(verify({ ...evidence, size: 0 })?.checksum.source).toBe("computed");
  });

  test("refuses that where a checksum is required, and says which it cannot compute", () => {
    const required = { ...evidence, requireChecksum: true };
    expect(() => verify(required)).toThrow(ChecksumRequired);
    const verdict = { checksum: { algorithm: "SHA3_256", value: "00" } };
    expect(() => verify({ ...required, verdict })).toThrow("SHA3_256");
  });

  test("refuses another number of bytes than vCenter sent, whatever the checksum says", () => {
    const verdict = { checksum: sha1, size: bytes.length + 1 };
    expect(() => verify({ ...evidence, verdict })).toThrow(SizeMismatch);
  });

  test("cannot tell where vCenter's algorithm was not computed", () => {
    const verdict = { checksum: { algorithm: "MD5", value: hash("md5") } };
    expect(verify({ ...evidence, verdict })).toBeUndefined();
  });

  test("cannot tell where vCenter gives no checksum and SHA256 was not computed", () => {
    const digests = new Map([["SHA1", sha1.value]]);
    expect(verify({ ...evidence, digests, verdict: { size: bytes.length } })).toBeUndefined();
  });
});
