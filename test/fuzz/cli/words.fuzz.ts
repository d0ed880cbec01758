import { randomUUID } from "node:crypto";
import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkIdempotencyKey } from "../../../cli/idempotencyKey.ts";
import { upTo } from "../../../cli/number.ts";
import { readProfile } from "../../../cli/profile.ts";
import { readRunRequest } from "../../../cli/runOptions.ts";
import { InvalidInput } from "../../../functions/errors.ts";
import { jsonLine, printable, printableLines } from "../../../local/display/text.ts";
import { outcomeNow, outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

const PASSWORD = randomUUID();

describe("on the command line", () => {
  test("the options and govc's variables lead to a profile, or are refused without the password", async () => {
    const url = fc.oneof(
      fc.constantFrom(
        "vcenter.example.com",
        "https://vcenter.example.com/sdk",
        "http://10.0.0.1",
        `https://me:${PASSWORD}@vc`,
      ),
      anyText,
    );
    const environment = fc.record(
      { GOVC_URL: url, GOVC_USERNAME: anyText, GOVC_TLS_CA_CERTS: fc.constantFrom("", "/nonexistent", ":") },
      { requiredKeys: [] },
    );
    const options = fc.record(
      {
        vcenterUrl: url,
        username: anyText,
        allowHttp: fc.boolean(),
        thumbprint: anyText,
        caFile: fc.constant("/nonexistent"),
        endpointHost: fc.array(anyText, { maxLength: 2 }),
        readers: fc.integer(),
      },
      { requiredKeys: [] },
    );
    const { stdin, stdout, stderr } = process;
    await fc.assert(
      fc.asyncProperty(options, environment, async (given, variables) => {
        const environment = { ...variables, LIBRARY_EXPORT_PASSWORD: PASSWORD };
        const read = () => readProfile({ dialect: "auto", ...given }, { stdin, stdout, stderr, environment });
        const outcome = await outcomeOf(read, { secrets: [PASSWORD] });
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InvalidInput);
          return;
        }
        const { url, password, username } = outcome.value;
        expect(password).toBe(PASSWORD);
        expect(username).not.toBe("");
        expect(url).toMatch(given.allowHttp ? /^https?:/ : /^https:/);
      }),
      share(2),
    );
  });

  test("the words of a run name an item and a destination, or are refused", () => {
    const word = fc.oneof(anyText, fc.constantFrom("Golden/a", "s3://my-archive", "s3://my-archive/p"));
    const itemId = fc.option(fc.constant("an-id"), { nil: undefined });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), itemId, (words, itemId) => {
        const options = { dialect: "auto", overwrite: "if-changed", ...(itemId && { itemId }) } as const;
        const outcome = outcomeNow(() => readRunRequest(words, options));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InvalidInput);
          return;
        }
        const { destination, readings } = outcome.value;
        expect(words.at(-1)).toContain(`s3://${destination.bucket}`);
        expect(readings.length > 0).toBe(itemId === undefined);
      }),
      share(2),
    );
  });

  test("a number is one of those that are asked for, and a key one that a header can carry, or refused", () => {
    const text = fc.oneof(anyText, fc.integer().map(String), fc.constantFrom("1e3", "0x10", "+1", " 1", "١"));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10_000 }), (text, largest) => {
        const number = outcomeNow(() => upTo(largest)(text), { also: [InvalidArgumentError] });
        if (number.error === undefined) {
          expect(String(number.value)).toBe(text.replace(/^0+/, ""));
          expect(number.value >= 1 && number.value <= largest).toBe(true);
        }
        const key = outcomeNow(() => checkIdempotencyKey(text));
        if (key.error === undefined) expect(key.value).toMatch(/^[\x21-\x7e]{1,255}$/);
      }),
      share(3),
    );
  });
});

test("no name of vCenter's acts on a terminal, nor begins a line of its own", () => {
  fc.assert(
    fc.property(anyText, (name) => {
      expect(printable(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(printableLines(name).split("\n")).toHaveLength(name.split("\n").length);
      const line = jsonLine({ name });
      expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(line)).toEqual({ name });
    }),
    share(3),
  );
});
