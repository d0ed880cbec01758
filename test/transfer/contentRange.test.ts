import { expect, test } from "vitest";
import { parseContentRange } from "../../functions/transfer/source/contentRange.ts";

test.each([
  ["bytes 0-99/100", { start: 0, end: 100, total: 100 }],
  ["bytes 10-19/100", { start: 10, end: 20, total: 100 }],
  ["Bytes 10-19/*", { start: 10, end: 20, total: undefined }],
  [" bytes 7-7/8 ", { start: 7, end: 8, total: 8 }],
  ["bytes */0", { start: 0, end: 0, total: 0 }],
])("reads %s", (header, expected) => {
  expect(parseContentRange(header)).toEqual(expected);
});

test.each([
  undefined,
  "",
  "bytes",
  "items 0-1/2",
  "bytes 9-3/10",
  "bytes 5-4/10",
  "kilobytes 0-1/2",
  "bytes 0-10/10",
  "bytes -5/10",
  "bytes */*",
  "bytes 0-1/2, 3-4/5",
  "bytes 0-99999999999999999999/100",
])("does not believe %s", (header) => {
  expect(parseContentRange(header)).toBeUndefined();
});
