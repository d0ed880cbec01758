import { expect, test } from "vitest";
import { hasLongToken } from "../functions/xmlTokens.ts";

const ten = "0123456789";

test.each([
  { what: "a tag", token: `<a b="${ten}">` },
  { what: "a tag with brackets in its attributes", token: `<a b=">" c='<' d="${ten}">` },
  { what: "a text", token: `${ten}${ten}` },
  { what: "a comment with an apostrophe", token: `<!-- don't ${ten}-->` },
  { what: "a CDATA section", token: `<![CDATA[<a>${ten}]]>` },
  { what: "a tag that nothing ends", token: `<a b="${ten}>` },
])("$what is as long as all of its characters", ({ token }) => {
  expect(hasLongToken(token, token.length - 1)).toBe(true);
  expect(hasLongToken(token, token.length)).toBe(false);
});

test("a document of short tokens has no long one, however many there are", () => {
  expect(hasLongToken(`<a>${"<b/>text<!-- a 'comment -->".repeat(1000)}</a>`, 25)).toBe(false);
  expect(hasLongToken("", 0)).toBe(false);
});
