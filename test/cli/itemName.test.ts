import { expect, test } from "vitest";
import { readingsOf } from "../../cli/itemName.ts";
import { InvalidInput } from "../../functions/errors.ts";

test("one slash parts library and item", () => {
  expect(readingsOf("Golden Images/ubuntu-24.04")).toEqual([
    { library: "Golden Images", item: "ubuntu-24.04" },
  ]);
});

test("with several slashes, each may be the one", () => {
  expect(readingsOf("a/b/c")).toEqual([
    { library: "a", item: "b/c" },
    { library: "a/b", item: "c" },
  ]);
});

test("a slash at the start or end belongs to a name", () => {
  expect(readingsOf("/a/b/")).toEqual([{ library: "/a", item: "b/" }]);
});

test.each(["", "library", "/item", "library/"])("%j names no item", (text) => {
  expect(() => readingsOf(text)).toThrow(InvalidInput);
});
