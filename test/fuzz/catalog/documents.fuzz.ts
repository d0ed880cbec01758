import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHeaderText, encodeHeaderText } from "../../../functions/catalog/headerText.ts";
import { parseManifest } from "../../../functions/catalog/manifest.ts";
import { provenanceMetadata, readChecksum, readProvenance } from "../../../functions/catalog/metadata.ts";
import { parseItems, parseLibrary } from "../../../functions/catalog/vcsp.ts";
import { ManifestUnreadable, MetadataTooLarge } from "../../../functions/errors.ts";
import { readOvfDescriptor } from "../../../functions/sync/ovfDescriptor.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { outcomeNow } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText, plainText } from "../text.ts";

const text = fc.oneof(plainText, fc.constant(""));
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const digest = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 });
const checksum = fc.record({
  algorithm: fc.constantFrom("SHA1", "SHA512", "BLAKE3"),
  value: digest,
  source: fc.constantFrom("session", "item", "computed"),
});
const manifestFile = fc.record({
  name: text,
  key: text,
  versionId: fc.option(text),
  etag: digest,
  size: fc.maxSafeNat(),
  checksum: fc.option(checksum),
  fileVersion: text,
  contentVersion: text,
  recordedAt: time,
});
const manifest = fc.record({
  format: fc.constant("library-export/1"),
  vcenter: text,
  libraryItemId: text,
  library: fc.record({ id: text, name: text }),
  item: fc.record({ name: text, type: text }),
  contentVersion: text,
  updatedAt: time,
  files: fc.array(manifestFile, { maxLength: 4 }),
});

/** The document as it was written, with a field changed, with bytes changed, and something else altogether. */
function hostile(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const written = values.map((value) => JSON.stringify(value));
  const changed = damagedValue(values).map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(changed, damagedBytes(written).map(String), anyText);
}

describe("a manifest", () => {
  test("is read as it was written, without what a later version adds", () => {
    fc.assert(
      fc.property(manifest, anyText, (value, added) => {
        const later = {
          ...value,
          files: value.files.map((file) => ({ ...file, [`later-${added}`]: added })),
        };
        expect(parseManifest(JSON.stringify(later), "s3://b/k")).toEqual(value);
      }),
    );
  });

  test("that is damaged is read or refused by name, and says of no file what it must not", () => {
    fc.assert(
      fc.property(hostile(manifest), (document) => {
        const outcome = outcomeNow(() => parseManifest(document, "s3://b/k"));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(ManifestUnreadable);
          return;
        }
        for (const { size, key } of outcome.value.files) {
          expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
          expect(typeof key).toBe("string");
        }
      }),
      share(3),
    );
  });
});

describe("an index of a library", () => {
  const item = fc.record({
    created: time,
    version: fc.nat().map(String),
    contentVersion: fc.nat().map(String),
    id: fc.uuid().map((id) => `urn:uuid:${id}`),
    selfHref: plainText.map((name) => `${encodeURIComponent(name)}/item.json`),
    files: fc.array(fc.record({ name: text, size: fc.maxSafeNat(), etag: text }), { maxLength: 3 }),
  });
  const items = fc.record({ items: fc.array(item, { maxLength: 4 }) });
  const library = fc.record({ version: text, name: text, id: text, created: time });

  test("is read, or is none: an answer is given to every document", () => {
    fc.assert(
      fc.property(hostile(items), hostile(library), (itemsText, libraryText) => {
        parseItems(itemsText);
        parseLibrary(libraryText);
      }),
      share(3),
    );
  });
});

describe("an object's metadata", () => {
  const provenance = fc.record({
    vcenter: text,
    libraryItemId: text,
    contentVersion: text,
    sourceFile: text,
  });

  test("is what it was written of, whatever the names are, and fits into headers", () => {
    fc.assert(
      fc.property(provenance, (value) => {
        const outcome = outcomeNow(() => provenanceMetadata(value, "run/0"));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(MetadataTooLarge);
          return;
        }
        for (const header of Object.values(outcome.value)) expect(header).toMatch(/^[\x20-\x7e]*$/);
        expect(readProvenance(outcome.value)).toEqual(value);
      }),
    );
  });

  test("of any other origin is read, or is none", () => {
    const names = fc.constantFrom(
      "vcenter",
      "library-item-id",
      "content-version",
      "source-file",
      "checksum",
      "checksum-algorithm",
      "checksum-source",
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(names, anyText), anyText), (metadata) => {
        readProvenance(metadata);
        readChecksum(metadata);
      }),
    );
  });

  test("may hold any text there and back, in ASCII without line breaks", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const header = encodeHeaderText(value);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeHeaderText(header)).toBe(value.toWellFormed());
        decodeHeaderText(value);
      }),
      share(3),
    );
  });
});

test("an OVF descriptor is read, or is none, and names no more files than a package can have", () => {
  const number = fc.oneof(fc.maxSafeNat().map(String), fc.constantFrom("1e15", "-1", "0x10", "", "NaN", "0"));
  const file = fc
    .tuple(fc.webPath(), number, number)
    .map(([href, size, chunk]) => `<File ovf:href="${href}" ovf:size="${size}" ovf:chunkSize="${chunk}"/>`);
  const descriptor = fc
    .array(file, { maxLength: 4 })
    .map(
      (files) =>
        `<Envelope xmlns:ovf="x"><References>${files.join("")}</References><VirtualSystem/></Envelope>`,
    );
  fc.assert(
    fc.property(fc.oneof(descriptor, damagedBytes(descriptor).map(String)), (document) => {
      expect(readOvfDescriptor(document)?.references.length ?? 0).toBeLessThanOrEqual(10_000);
    }),
    share(2),
  );
});
