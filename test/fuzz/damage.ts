import fc from "fast-check";
import { anyText, anyValue } from "./text.ts";

/** Pieces that parsers trip over, as bytes. */
const TOKENS = [
  "<",
  ">",
  "</",
  "<!--",
  "<![CDATA[",
  "<!DOCTYPE a>",
  "<?xml ?>",
  "&",
  "&#x0;",
  "&#1114112;",
  ' xsi:nil="true"',
  "<a>",
  "</a>",
  '"',
  "\\u0000",
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "-1",
  "1e999",
  "99999999999999999999",
  "\r\n",
  "\r\n\r\n",
  "\u0000",
  "\ufeff",
].map((token) => Buffer.from(token));

const token = fc.oneof(
  fc.constantFrom(...TOKENS),
  anyText.map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);
const place = fc.nat({ max: 1_000_000 });

type Edit = (document: Buffer) => Buffer;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([at, bits]): Edit =>
      (document) => {
        const changed = Buffer.from(document);
        if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ bits;
        return changed;
      },
  ),
  fc.tuple(place, token).map(
    ([at, inserted]): Edit =>
      (document) =>
        splice(document, at, 0, inserted),
  ),
  fc.tuple(place, fc.nat({ max: 12 }), token).map(([at, length, replacement]): Edit => {
    return (document) => splice(document, at, length, replacement);
  }),
  fc.tuple(place, fc.nat({ max: 60 })).map(([at, length]): Edit => {
    return (document) => splice(document, at, length, Buffer.alloc(0));
  }),
  fc.tuple(place, place, fc.nat({ max: 60 })).map(
    ([from, to, length]): Edit =>
      (document) => {
        const start = from % (document.length + 1);
        return splice(document, to, 0, document.subarray(start, start + length));
      },
  ),
  place.map(
    (at): Edit =>
      (document) =>
        document.subarray(0, at % (document.length + 1)),
  ),
);

function splice(document: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  const start = at % (document.length + 1);
  return Buffer.concat([document.subarray(0, start), inserted, document.subarray(start + removed)]);
}

/** A document with one to five of its bytes or passages changed, moved, doubled or gone. */
export function damagedBytes(documents: fc.Arbitrary<string | Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(documents, fc.array(edit, { minLength: 1, maxLength: 5 })).map(([document, edits]) => {
    const whole = typeof document === "string" ? Buffer.from(document) : document;
    return edits.reduce<Buffer>((damaged, change) => change(damaged), whole);
  });
}

/** A JSON value, one field of which is gone, doubled under another name, or any other value. */
export function damagedValue(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.oneof(
    fc.constant({ kind: "remove" as const }),
    fc.record({ kind: fc.constant("replace" as const), value: anyValue }),
    fc.record({ kind: fc.constant("rename" as const), name: anyText }),
  );
  return fc.tuple(values, place, change).map(([value, at, how]) => {
    const paths = pathsOf(value);
    return changeAt(value, paths[at % paths.length] ?? [], how);
  });
}

type Change = { kind: "remove" } | { kind: "replace"; value: unknown } | { kind: "rename"; name: string };

/** Where every field is, the inner ones as well, and the whole itself. */
export function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    pathsOf(member).map((path) => [name, ...path]),
  );
  return [[], ...inner];
}

function changeAt(value: unknown, [name, ...rest]: string[], change: Change): unknown {
  if (name === undefined) return change.kind === "replace" ? change.value : undefined;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([member, inner]): [string, unknown][] => {
    if (member !== name) return [[member, inner]];
    if (rest.length > 0 || change.kind === "replace") return [[member, changeAt(inner, rest, change)]];
    return change.kind === "remove" ? [] : [[change.name, inner]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
