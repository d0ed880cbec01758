import { describe, expect, test } from "vitest";
import { SourceRefused } from "../../functions/errors.ts";
import { readAnswer } from "../../functions/transfer/source/httpAnswer.ts";

const read = (statusCode: number, headers: Record<string, string>, start = 0) =>
  readAnswer({ statusCode, headers }, "a.iso", { start });

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
});
