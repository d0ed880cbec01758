import fc from "fast-check";
import picomatch from "picomatch";
import { expect, test } from "vitest";
import { compileGlob } from "../../../functions/export/glob.ts";
import { fileFilter } from "../../../functions/export/selectFiles.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

/** As far as picomatch takes it for one: `.` and `..` it leaves out. */
const name = fc
  .string({ unit: fc.constantFrom(..."ab1.-_x"), minLength: 1, maxLength: 12 })
  .filter((text) => !/^\.{1,2}$/.test(text));

test("a glob means what others take it for", () => {
  const piece = fc.oneof(
    name,
    fc.constantFrom("*", "?", "[ab]", "[a-c]", "[^a]", "{a,b}", "{a*,.b,x?}", "{a..c}", "\\*"),
  );
  // Within a longer run of globs picomatch has rules of its own for stars beside each other.
  const glob = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(
      glob.filter((text) => !/\*{2}|^\./.test(text)),
      fc.array(name, { minLength: 3, maxLength: 6 }),
      (text, names) => {
        const expected = picomatch(text, { dot: true });
        expect(names.map(compileGlob(text))).toEqual(names.map((other) => expected(other)));
      },
    ),
    share(3),
  );
});

test("a name matches its own glob, and a glob that begins with it and a star", () => {
  fc.assert(
    fc.property(anyText, anyText, (start, rest) => {
      const escaped = [...start].map((character) => `\\${character}`).join("");
      expect(compileGlob(escaped)(start)).toBe(true);
      expect(compileGlob(`${escaped}**`)(start + rest)).toBe(true);
      expect(fileFilter({ include: [start], exclude: [] })(start)).toBe(true);
    }),
  );
});

// Each of these made a regular expression run for longer than a function may, or exhausted a stack.
test.each([
  ["stars", "*a".repeat(500)],
  ["choices within choices", `${"{a,".repeat(300)}${"}".repeat(300)}`],
  ["choices after choices", "{a,aa,aaa}".repeat(100)],
  ["groups", "+(a|aa)+(a|".repeat(90)],
  ["what is not closed", "{[(".repeat(333)],
  ["stars in choices", "{*a,*aa}".repeat(120)],
])("a glob of many %s is matched without delay", (_, glob) => {
  expect(compileGlob(glob)(`${"a".repeat(255)}c`)).toBe(false);
});

test("any text is a glob", () => {
  const glob = fc.string({ unit: fc.constantFrom(..."*?+@!()[]{}|,a.\\/-^"), maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(glob, anyText), fc.array(anyText, { maxLength: 5 }), (text, names) => {
      for (const other of names) expect(typeof compileGlob(text)(other)).toBe("boolean");
    }),
  );
});
