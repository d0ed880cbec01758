import fc from "fast-check";

/** What means something to a path, a key, a URI, a header, a log, XML or JSON. */
const ACTING = [
  ..."/\\%.:;&<>\"'`=?#@+-_~ *[]{}()|!$^,",
  "..",
  "//",
  "%2F",
  "%00",
  "%",
  "\u0000",
  "\r\n",
  "\n",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u202e",
  "\ufeff",
  "\uffff",
  "\ud800",
  "é",
  "😀",
  "e\u0301",
  "İ",
  "__proto__",
  "constructor",
  "=?UTF-8?B?",
  "]]>",
  "&amp;",
  "&#0;",
];

/** Any text, most of it such as somebody would think of who wants to do harm. */
export const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...ACTING, ..."aAbz019"), maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom("", " ", ".", "..", "a".repeat(300)),
);

/** Text that every encoding can carry: no half of a pair, no control character. */
export const plainText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });

/** Any JSON value, and more than that. */
export const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  anyText,
  fc.constantFrom(0, -1, 1.5, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY, null, undefined),
  fc.constant(JSON.parse('{"__proto__":{"name":"x"},"toString":1,"valueOf":1}')),
);

/** As far as a request line can hold it. */
export const inPath = anyText.map((path) =>
  path.replace(/[^\x21-\x7e]|#/g, (character) =>
    character.isWellFormed() ? encodeURIComponent(character) : "%ED",
  ),
);

/** As far as a header can hold it. */
export const inHeader = anyText.map((value) => value.replace(/[^\x20-\x7e\xa0-\xff]/g, ""));
