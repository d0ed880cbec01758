import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeName,
  fileKey,
  itemFolder,
  manifestKey,
  normalizePrefix,
  runFolder,
  stagingKey,
} from "../../../functions/catalog/keys.ts";
import { hrefOf, itemJsonKey, keyOf } from "../../../functions/catalog/vcsp.ts";
import { InvalidInput, KeyTooLong } from "../../../functions/errors.ts";
import { outcomeNow } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

/** Names that would be most alike if anything were lost on the way. */
const alike = fc
  .tuple(
    anyText,
    fc.constantFrom(
      (text: string) => encodeName(text),
      encodeURIComponentOr,
      decodeOr,
      (text: string) => text.normalize("NFC"),
      (text: string) => `${text}/`,
      (text: string) => `.${text}`,
    ),
  )
  .map(([text, variant]): [string, string] => [text, variant(text)]);
const pair = fc.oneof(fc.tuple(anyText, anyText), alike);

function encodeURIComponentOr(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const bytesOf = (key: string) => Buffer.from(key, "utf8").toString("hex");

describe("an encoded name", () => {
  test("is another for every other name, also in bytes", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(bytesOf(encodeName(a)) === bytesOf(encodeName(b))).toBe(a === b);
      }),
      share(5),
    );
  });

  test("neither acts in a key nor is lost in XML, and can be read back", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const encoded = encodeName(name);
        expect(encoded).not.toMatch(/[/\\\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]|^\.|^$/u);
        if (name !== "" && name.isWellFormed()) expect(decodeURIComponent(encoded)).toBe(name);
      }),
      share(5),
    );
  });
});

describe("the keys of one prefix", () => {
  const place = fc.tuple(anyText, anyText, anyText);

  test("are others for every other file, and never a manifest's or one of this program's own", () => {
    fc.assert(
      fc.property(
        place,
        fc.oneof(
          place,
          place.map(([a, b, c]): [string, string, string] => [a, `${b}/${c}`, ""]),
        ),
        anyText,
        (a, b, run) => {
          const outcome = outcomeNow(() => [fileKey("p/", ...a), fileKey("p/", ...b)]);
          if (outcome.error !== undefined) {
            expect(outcome.error).toBeInstanceOf(KeyTooLong);
            return;
          }
          const [first = "", second = ""] = outcome.value;
          expect(bytesOf(first) === bytesOf(second)).toBe(a.every((name, index) => name === b[index]));
          expect(first.split("/")).toHaveLength(4);
          expect(Buffer.byteLength(first)).toBeLessThanOrEqual(1024);
          const own = outcomeNow(() => [
            manifestKey("p/", b[0], b[1]),
            runFolder("p/", run),
            stagingKey("p/", run, 0),
          ]);
          for (const key of own.error ? [] : own.value)
            expect(first.startsWith(key) || key.startsWith(`${first}/`)).toBe(false);
        },
      ),
      share(3),
    );
  });

  test("lead into no other folder as references of the index, and back to themselves", () => {
    fc.assert(
      fc.property(place, ([library, item, file]) => {
        const folder = itemFolder("", library, item);
        const key = folder + encodeName(file);
        const url = new URL(hrefOf(key), "https://mirror.example.com/golden/");
        expect(url.href.startsWith("https://mirror.example.com/golden/")).toBe(true);
        expect(keyOf(url.href.slice("https://mirror.example.com/golden/".length))).toBe(key);
        const own = itemJsonKey({ folder, files: [{ name: file, key, size: 0, etag: "", generation: 0 }] });
        expect(own).not.toBe(key);
      }),
    );
  });
});

test("a prefix is a folder without a way out, or refused", () => {
  const parts = fc.array(fc.oneof(anyText, fc.constantFrom("a", ".", "..", "", ".library-export")), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        parts.map((list) => list.join("/")),
      ),
      (text) => {
        const outcome = outcomeNow(() => normalizePrefix(text, "destination.prefix"));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InvalidInput);
          return;
        }
        const prefix = outcome.value;
        if (prefix === "") return;
        const segments = prefix.split("/");
        expect(segments.pop()).toBe("");
        for (const segment of segments) expect(["", ".", "..", ".library-export"]).not.toContain(segment);
        expect(prefix).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(normalizePrefix(prefix, "destination.prefix")).toBe(prefix);
      },
    ),
    share(5),
  );
});
