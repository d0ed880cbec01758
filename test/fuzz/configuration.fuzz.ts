import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readingsOf } from "../../cli/itemName.ts";
import { parseS3Uri } from "../../cli/s3Uri.ts";
import { parseSize } from "../../cli/size.ts";
import { parseVcenterUrl, profileName } from "../../cli/vcenterUrl.ts";
import { parseProfile } from "../../functions/config.ts";
import { InvalidInput } from "../../functions/errors.ts";
import { executionName } from "../../functions/executionName.ts";
import { toFileError } from "../../functions/export/failure.ts";
import { parseInput } from "../../functions/input.ts";
import { parseEnvironment } from "../../functions/lambda/environment.ts";
import { parseSyncInput } from "../../functions/sync/input.ts";
import { damagedBytes, damagedValue } from "./damage.ts";
import { outcomeNow } from "./outcome.ts";
import { share } from "./settings.ts";
import { anyText, anyValue } from "./text.ts";

const PASSWORD = randomUUID();

/** A refusal is InvalidInput, and quotes no password. */
function invalidInputOr<T>(call: () => T): T | undefined {
  const outcome = outcomeNow(call, { secrets: [PASSWORD] });
  if (outcome.error === undefined) return outcome.value;
  expect(outcome.error).toBeInstanceOf(InvalidInput);
  return undefined;
}

const either = (values: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: damagedValue(values) }, anyValue);

describe("a profile", () => {
  const profile = fc.record(
    {
      url: fc.constantFrom("https://vcenter.example.com", "http://10.0.0.1:8443"),
      username: anyText,
      password: fc.constant(PASSWORD),
      dialect: fc.constantFrom("auto", "api", "rest-json", "rest-xml"),
      caBundle: anyText,
      thumbprint: fc.constant("AB".repeat(20)),
      allowHttp: fc.boolean(),
      endpointHosts: fc.array(anyText, { maxLength: 3 }),
      readers: fc.nat({ max: 20 }),
      maxTransfers: fc.nat({ max: 70 }),
      destinationBuckets: fc.array(anyText, { maxLength: 3 }),
    },
    { requiredKeys: ["url", "username", "password"] },
  );

  test("is taken or refused by its field, and leads to no other place than an http: or https: URL", () => {
    fc.assert(
      fc.property(fc.oneof(profile, either(profile)), (value) => {
        const parsed = invalidInputOr(() => parseProfile("lab", value));
        if (parsed === undefined) return;
        const { protocol, hostname } = new URL(parsed.url);
        expect(protocol).toMatch(parsed.allowHttp ? /^https?:$/ : /^https:$/);
        expect(hostname).not.toBe("");
      }),
      share(3),
    );
  });
});

describe("the input", () => {
  const common = {
    vcenter: fc.constantFrom("lab", "a.b-c_d"),
    library: anyText,
    include: fc.array(anyText, { maxLength: 3 }),
    destination: fc.record({ bucket: anyText, prefix: anyText }, { requiredKeys: [] }),
    dryRun: fc.boolean(),
  };
  const exported = fc.record(
    { ...common, item: anyText, overwrite: fc.constantFrom("never", "always") },
    { requiredKeys: ["vcenter", "library", "item"] },
  );
  const synced = fc.record(
    { ...common, onDelete: fc.constantFrom("keep", "mark", "delete") },
    { requiredKeys: ["vcenter", "library"] },
  );

  test("of an export names one item of a configured vCenter, or is refused", () => {
    fc.assert(
      fc.property(fc.oneof(exported, either(exported)), (value) => {
        const parsed = invalidInputOr(() => parseInput(value));
        if (parsed === undefined) return;
        expect(parsed.vcenter).toMatch(/^[\w.-]{1,64}$/);
        expect([parsed.libraryItemId, parsed.library && parsed.item].filter(Boolean)).toHaveLength(1);
        expect(parseInput(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
        expect(executionName(parsed)).toMatch(/^[\w-]{1,80}$/);
      }),
      share(3),
    );
  });

  test("of a sync names one library of a configured vCenter, or is refused", () => {
    fc.assert(
      fc.property(fc.oneof(synced, either(synced)), (value) => {
        const parsed = invalidInputOr(() => parseSyncInput(value));
        if (parsed === undefined) return;
        expect([parsed.libraryId, parsed.library].filter(Boolean)).toHaveLength(1);
        expect(parseSyncInput(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      }),
      share(2),
    );
  });
});

test("a function's environment is taken, or refused by its variables", () => {
  const variable = fc.oneof(
    anyText,
    fc.nat().map(String),
    fc.constantFrom("{}", '{"a":"b"}', '{"a":1}', "true", "111122223333"),
  );
  const environment = fc.dictionary(
    fc.constantFrom(
      "LIBRARY_EXPORT_BUCKET",
      "LIBRARY_EXPORT_ALLOWED_BUCKETS",
      "LIBRARY_EXPORT_BUCKET_OWNER",
      "LIBRARY_EXPORT_OBJECT_TAGS",
      "LIBRARY_EXPORT_PART_SIZE_BYTES",
      "LIBRARY_EXPORT_SIGN_PAYLOADS",
      "AWS_ENDPOINT_URL_S3",
    ),
    variable,
  );
  fc.assert(fc.property(environment, (value) => void invalidInputOr(() => parseEnvironment(value))));
});

describe("on the command line", () => {
  test("a vCenter's URL leads to the host that it names alone, or is refused without its password", () => {
    const url = fc
      .tuple(
        fc.constantFrom("https://", "http://", "", "ftp://"),
        fc.constantFrom(`me:${PASSWORD}@`, ""),
        fc.oneof(fc.domain(), anyText),
        fc.constantFrom("", "/sdk", "/", "/x", "?a", "#b"),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(url, damagedBytes(url).map(String)), (text) => {
        const parsed = outcomeNow(() => parseVcenterUrl(text, "--vcenter-url"));
        if (parsed.error !== undefined) {
          expect(parsed.error).toBeInstanceOf(InvalidInput);
          expect(parsed.error.message).not.toContain(PASSWORD);
          return;
        }
        const { url, host } = parsed.value;
        expect(new URL(url).origin).toBe(url);
        expect(new URL(url).hostname).toBe(host);
        expect(profileName(host)).toMatch(/^[\w.-]{1,64}$/);
      }),
      share(3),
    );
  });

  test("a destination, an item and a size are what they say, or refused", () => {
    const destination = fc
      .tuple(fc.constantFrom("s3://bucket/", "s3://", "", "S3://bucket"), anyText)
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(destination, anyText), (text) => {
        const location = invalidInputOr(() => parseS3Uri(text));
        if (location !== undefined) {
          const { bucket, prefix } = location;
          expect([text, `${text}/`]).toContain(`s3://${bucket}/${prefix}`);
          expect(bucket).toMatch(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
        }
        for (const { library, item } of invalidInputOr(() => readingsOf(text)) ?? []) {
          expect(`${library}/${item}`).toBe(text);
        }
        expect(Number.isSafeInteger(parseSize(text) ?? 0)).toBe(true);
      }),
      share(3),
    );
  });
});

test("an error's Cause is told in short, whatever Lambda or Step Functions wrote into it", () => {
  const cause = fc.record(
    { errorMessage: anyValue, errorType: anyText, trace: fc.array(anyText) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        cause.map((value) => JSON.stringify(value) ?? ""),
        anyText,
      ),
      (text) => {
        const { message } = toFileError({ Error: "States.TaskFailed", Cause: text });
        expect([...message].length).toBeLessThanOrEqual(400);
      },
    ),
  );
});
