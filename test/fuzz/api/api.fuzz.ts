import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemSchema } from "../../../functions/api/schemas.ts";
import { ApiScene } from "../../api/scene.ts";
import { type Raw, sendRaw } from "../../rawRequest.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { share } from "../settings.ts";
import { anyText, inPath } from "../text.ts";

let scene: ApiScene;
beforeAll(async () => {
  scene = await ApiScene.open("in AWS Step Functions");
});
afterAll(() => scene?.[Symbol.asyncDispose]());

/** The client's fault is never answered as the server's, and every problem says what it is. */
async function requireSense(raw: Raw): Promise<void> {
  const { status, text } = await sendRaw(scene.url, raw);
  expect(scene.warnings).toEqual([]);
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  if (status >= 400) expect(problemSchema.parse(JSON.parse(text))).toMatchObject({ status });
}

const method = fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS");

describe("the API answers", () => {
  test("every method and path, whatever they hold", async () => {
    const path = fc
      .tuple(fc.constantFrom("/exports", "/exports/", "/syncs/", "/", "//", "/exports/../"), inPath, inPath)
      .map(([start, id, query]) => `${start}${id}?${query}`);
    await fc.assert(fc.asyncProperty(method, path, (method, path) => requireSense({ method, path })));
  });

  test("every query of its lists", async () => {
    const name = fc.oneof(fc.constantFrom("state", "limit", "pageToken", "__proto__"), inPath);
    const value = fc.oneof(inPath, fc.constantFrom("RUNNING", "1", "100", "-1", "1e2", "0x10", ""));
    const query = fc
      .array(fc.tuple(name, value), { maxLength: 4 })
      .map((pairs) => pairs.map((pair) => pair.join("=").replaceAll("&", "%26")).join("&"));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("/exports", "/syncs"), query, (path, query) =>
        requireSense({ method: "GET", path: `${path}?${query}` }),
      ),
    );
  });

  test("every body and every key of a start", async () => {
    // No such vCenter is configured: what is taken ends at once.
    const input = fc.record(
      {
        vcenter: fc.constant("nowhere"),
        library: anyText,
        item: anyText,
        include: fc.array(anyText, { maxLength: 2 }),
        dryRun: fc.boolean(),
      },
      { requiredKeys: ["vcenter", "library", "item"] },
    );
    const written = input.map((value) => JSON.stringify(value));
    const changed = damagedValue(input).map((value) => Buffer.from(JSON.stringify(value) ?? ""));
    const body = fc.oneof(
      written.map((text) => Buffer.from(text)),
      changed,
      damagedBytes(written),
    );
    const headers = fc.record(
      {
        "content-type": fc.constantFrom("application/json", "application/json; charset=utf-8", "text/plain"),
        "idempotency-key": fc.oneof(
          fc.constantFrom("a", "nightly/1"),
          inPath.filter((text) => text !== ""),
        ),
      },
      { requiredKeys: ["content-type"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("/exports", "/syncs"), headers, body, (path, headers, body) =>
        requireSense({ method: "POST", path, headers, body }),
      ),
      share(1 / 2),
    );
  });
});
