import { describe, expect, test } from "vitest";
import { SourceRefused } from "../../functions/errors.ts";
import { readAnswer } from "../../functions/transfer/source/httpAnswer.ts";

const read = (statusCode: number, headers: Record<string, string>, start = 0, end?: number) =>
  readAnswer({ statusCode, headers }, "a.iso", { start, end });

describe("the answer to a request for a range", () => {
  test("of an empty file is 416, which says so", () => {
    expect(read(416, { "content-range": "bytes */0", etag: '"v1"' })).toEqual({
      start: 0,
      total: 0,
      etag: '"v1"',
      ranged: true,
    });
  });

  test.each<{ what: string; status: number; headers: Record<string, string> }>([
    { what: "a 416 of a file that is not empty", status: 416, headers: { "content-range": "bytes */9" } },
    { what: "a 416 that says nothing of the file", status: 416, headers: {} },
    {
      what: "a 404 that says that the file is empty",
      status: 404,
      headers: { "content-range": "bytes */0" },
    },
    { what: "a 206 without a range", status: 206, headers: {} },
    { what: "a 204", status: 204, headers: {} },
  ])("is not $what", ({ status, headers }) => {
    expect(() => read(status, headers)).toThrow(SourceRefused);
  });

  test("from the middle of a file that is empty now is no answer", () => {
    expect(() => read(416, { "content-range": "bytes */0" }, 5)).toThrow(SourceRefused);
  });

  test.each([
    ["to its end", "bytes 5-9/10", undefined],
    ["to the end of a file of unknown size", "bytes 5-9/*", undefined],
    ["to the end that was asked for", "bytes 5-7/10", 8],
    ["to that end in a file of unknown size", "bytes 5-7/*", 8],
    ["to its end, where more was asked for", "bytes 5-9/10", 20],
  ])("may be the file from there on %s", (_what, range, end) => {
    expect(read(206, { "content-range": range }, 5, end)).toMatchObject({ start: 5, ranged: true });
  });

  test.each([
    ["less than all the rest", "bytes 5-7/10", undefined],
    ["less than the range", "bytes 5-6/10", 8],
    ["less than the range, in a file of unknown size", "bytes 5-6/*", 8],
    ["more than the range", "bytes 5-9/10", 8],
  ])("is not %s", (_what, range, end) => {
    expect(() => read(206, { "content-range": range }, 5, end)).toThrow(SourceRefused);
  });

  test("that contradicts itself is refused with both of its lengths", () => {
    const headers = { "content-range": "bytes 5-9/10", "content-length": "10" };
    expect(() => read(206, headers, 5)).toThrow("its Content-Length is 10, its Content-Range 5 bytes");
  });

  test("may say that it is not encoded", () => {
    expect(read(200, { "content-encoding": "identity", "content-length": "9" })).toMatchObject({ total: 9 });
  });

  test.each([
    "",
    "+9",
    "0x9",
    "9 bytes",
    "1e3",
    "9, 9",
    "1".repeat(16),
  ])("with the Content-Length %j has none", (length) => {
    expect(read(200, { "content-length": length }).total).toBeUndefined();
  });
});
