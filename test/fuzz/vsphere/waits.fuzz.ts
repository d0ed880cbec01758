import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAtConnection } from "../../../cli/check/lookAtConnection.ts";
import { VcenterUnavailable } from "../../../functions/errors.ts";
import { silentLogger } from "../../../functions/log.ts";
import { logIn } from "../../../functions/vsphere/client.ts";
import { probeVcenter } from "../../../functions/vsphere/probe.ts";
import { printable } from "../../../local/display/text.ts";
import { fakeClock } from "../../clocks.ts";
import { type ScriptedVcenter, startScriptedVcenter } from "../../vsphere/scriptedVcenter.ts";
import { damagedBytes } from "../damage.ts";
import { outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { inHeader } from "../text.ts";

/** Retries of one request, each after 30 s at most. */
const LONGEST_WAITS_MILLISECONDS = 4 * 30_000;

let server: ScriptedVcenter;
beforeAll(async () => {
  server = await startScriptedVcenter({ status: 204 });
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Dates near and far, in every spelling, numbers of every size, and what is neither. */
const when = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom("9".repeat(400), "-1", "+5", "1.5", "0x10", "1e9", " 5", "5 5", "Infinity", "NaN", "1, 2"),
  fc.constantFrom("Thu, 01 Jan 2026 00:00:05 GMT", "Thu, 01 Jan 99999", "Sun, 06 Nov 1994 08:49:37 GMT"),
  inHeader,
);

describe("a vCenter that asks to be left alone", () => {
  test("is asked again after a bounded time, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(when, fc.constantFrom(429, 503), async (asked, status) => {
        const clock = fakeClock();
        server.answers.splice(0, 1, { status: 200, body: '{"value":[]}' });
        const client = await logIn(server.profile(), { clock, log: silentLogger });
        server.answers.splice(0, 1, { status, headers: { "retry-after": asked } });
        const { error } = await outcomeOf(() => client.listItems("l"));
        expect(error).toBeInstanceOf(VcenterUnavailable);
        await client.logOut();
        expect(clock.waits).toHaveLength(4);
        for (const wait of clock.waits) expect(wait).toBeGreaterThanOrEqual(0);
        expect(clock.waits.reduce((all, wait) => all + wait)).toBeLessThanOrEqual(LONGEST_WAITS_MILLISECONDS);
      }),
      share(2 / 3),
    );
  });

  test("at its log-in is asked again after a bounded time, with one session at the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(when, { minLength: 1, maxLength: 4 }), async (asked) => {
        const clock = fakeClock();
        server.logInAnswers.push(
          ...asked.map((value) => ({ status: 503, headers: { "retry-after": value } })),
        );
        const client = await logIn(server.profile(), { clock, log: silentLogger });
        await client.logOut();
        expect(clock.waits).toHaveLength(asked.length);
        expect(clock.waits.reduce((all, wait) => all + wait)).toBeLessThanOrEqual(LONGEST_WAITS_MILLISECONDS);
      }),
      share(1 / 3),
    );
  });
});

test("a probed vCenter's date and version are told as a number of seconds and a version, or not at all", async () => {
  const version = fc.oneof(fc.constantFrom("8.0.3.0", "9.0.0.0", " 7.0 ", "", "x".repeat(100_000)), inHeader);
  const document = version.map(
    (version) => `<?xml version="1.0"?><namespaces><version>${version}</version></namespaces>`,
  );
  const body = fc.oneof(
    document.map((text) => Buffer.from(text)),
    damagedBytes(document),
  );
  const status = fc.constantFrom(200, 200, 200, 301, 404, 503);
  await fc.assert(
    fc.asyncProperty(when, status, body, async (date, status, body) => {
      server.answers.splice(0, 1, { status, headers: { date }, body });
      const outcome = await outcomeOf(() => probeVcenter(server.profile(), { clock: fakeClock() }));
      if (outcome.error !== undefined) {
        expect(outcome.error).toBeInstanceOf(VcenterUnavailable);
        return;
      }
      const { clockSkewSeconds, apiVersion } = outcome.value;
      expect(Number.isSafeInteger(clockSkewSeconds ?? 0)).toBe(true);
      expect(apiVersion ?? "8").toMatch(/^\d[\du.]{0,22}$/);
      for (const { text, facts } of lookAtConnection(outcome.value)) {
        expect(printable(text).length).toBeLessThan(300);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }
    }),
  );
});
