import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceRefused } from "../../../functions/errors.ts";
import { contentLength } from "../../../functions/transfer/http/responseHead.ts";
import { parseContentRange } from "../../../functions/transfer/source/contentRange.ts";
import { readAnswer } from "../../../functions/transfer/source/httpAnswer.ts";
import { damagedBytes } from "../damage.ts";
import { outcomeNow } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

const size = fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 0, max: 10 ** 15 - 1 }));
const range = fc
  .tuple(size, size, size, fc.boolean())
  .map(([a, b, c, known]) => {
    const [start = 0, last = 0, end = 0] = [a, b, c].sort((x, y) => x - y);
    return { start, last, total: known ? Math.min(end + 1, 10 ** 15 - 1) : undefined };
  })
  .filter(({ last, total }) => total === undefined || last < total);

const written = range.map(({ start, last, total }) => `bytes ${start}-${last}/${total ?? "*"}`);
const header = fc.oneof(written, damagedBytes(written).map(String), anyText);

describe("a Content-Range", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(range, ({ start, last, total }) => {
        const text = `bytes ${start}-${last}/${total ?? "*"}`;
        expect(parseContentRange(text)).toEqual({ start, end: last + 1, total });
      }),
    );
  });

  test("is refused, or is of whole numbers that fit each other and stand in the text", () => {
    fc.assert(
      fc.property(header, (text) => {
        const parsed = parseContentRange(text);
        if (parsed === undefined) return;
        const { start, end, total } = parsed;
        for (const number of [start, end, total ?? 0]) expect(Number.isSafeInteger(number)).toBe(true);
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(total ?? end);
        const numbers = text.match(/\d+/g)?.map(Number);
        const said = text.includes("*/")
          ? [total]
          : [start, end - 1, ...(total === undefined ? [] : [total])];
        expect(numbers).toEqual(said);
      }),
      share(5),
    );
  });
});

test("an answer is taken for the range asked for, or is refused", () => {
  const headers = fc.record(
    {
      "content-range": header,
      "content-length": fc.oneof(size.map(String), anyText),
      "content-encoding": fc.constantFrom("identity", "gzip", "br", ""),
      etag: fc.constantFrom('"v1"', 'W/"v1"', "", "v1"),
    },
    { requiredKeys: [] },
  );
  const asked = fc
    .tuple(size, fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }))
    .map(([start, length]) => ({ start, ...(length !== undefined && { end: start + length }) }));
  const status = fc.oneof(fc.constantFrom(200, 206, 416), fc.integer({ min: 100, max: 599 }));
  fc.assert(
    fc.property(status, headers, asked, (statusCode, headers, range) => {
      const outcome = outcomeNow(() => readAnswer({ statusCode, headers }, "a.iso", range));
      if (outcome.error !== undefined) {
        expect(outcome.error).toBeInstanceOf(SourceRefused);
        return;
      }
      const { start, total, ranged, etag } = outcome.value;
      expect([200, 206, 416]).toContain(statusCode);
      expect(headers["content-encoding"] ?? "identity").toBe("identity");
      expect(etag ?? "").not.toMatch(/^W/);
      // A whole file begins at its beginning, a part of it where it was asked for.
      expect(start).toBe(ranged ? range.start : 0);
      expect(ranged).toBe(statusCode !== 200);
      if (statusCode === 200) expect(total).toBe(contentLength(headers["content-length"]));
      if (statusCode === 416) expect([total, range.start]).toEqual([0, 0]);
    }),
    share(5),
  );
});
