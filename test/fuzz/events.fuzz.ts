import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runTask } from "../../functions/container/task.ts";
import { InternalError, InvalidInput } from "../../functions/errors.ts";
import {
  executionStateSchema,
  fileStateSchema,
  parseEvent,
  reportSchema,
} from "../../functions/export/events.ts";
import { secretProfiles } from "../../functions/lambda/secretProfiles.ts";
import { readFailure } from "../../functions/sync/explainFailure.ts";
import { syncStateSchema } from "../../functions/sync/state.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { localServices } from "../../local/services.ts";
import { fakeClock } from "../clocks.ts";
import { startSecretsManager } from "../lambda/secretsManager.ts";
import { damagedBytes, damagedValue } from "./damage.ts";
import { outcomeNow, outcomeOf } from "./outcome.ts";
import { share } from "./settings.ts";
import { anyText, anyValue } from "./text.ts";
import { exportState, fileState, report, syncState } from "./workflowData.ts";

describe.each([
  { what: "a file's state", schema: fileStateSchema, values: fileState },
  { what: "an export's state", schema: executionStateSchema, values: exportState },
  { what: "a sync's state", schema: syncStateSchema, values: syncState },
  { what: "a report", schema: reportSchema, values: report },
])("$what", ({ schema, values }) => {
  const parse = (value: unknown) => outcomeNow<unknown>(() => parseEvent<unknown>(schema, value));

  test("is taken as the state before put it out, without what a later version adds", () => {
    fc.assert(
      fc.property(values, anyText, (value, added) => {
        expect(parse({ ...value, [`later-${added}`]: added }).error).toBeUndefined();
        expect(parse(value)).toEqual({ value });
      }),
    );
  });

  test("of other values in its fields is taken or refused by its field, and taken again as it was", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: damagedValue(values) }, anyValue), (value) => {
        const outcome = parse(value);
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InternalError);
          return;
        }
        expect(parse(outcome.value)).toEqual({ value: outcome.value });
      }),
      share(2),
    );
  });
});

test("a container task's environment that names no file is refused before S3 is asked for one", async () => {
  const s3 = createS3Client({ endpoint: "http://127.0.0.1:9", region: "us-east-1" });
  const services = localServices({ profiles: [], s3 });
  const name = fc.constantFrom("RUN", "BUCKET", "PREFIX", "FILE");
  const value = fc.oneof(anyText, fc.constantFrom("0", "-1", "1.5", "1e999", "NaN", " "));
  const environment = fc
    .dictionary(name, value, { maxKeys: 3 })
    .map((fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([field, text]) => [`LIBRARY_EXPORT_TASK_${field}`, text]),
      ),
    );
  await fc.assert(
    fc.asyncProperty(environment, async (value) => {
      expect((await outcomeOf(() => runTask(value, services))).error).toBeInstanceOf(InvalidInput);
    }),
  );
  s3.destroy();
});

test("a secret is a profile, or is refused without its password", async () => {
  const password = randomUUID();
  const profile = fc
    .record({ url: fc.constantFrom("https://vc.example.com", "vc", ""), username: anyText })
    .map((fields) => JSON.stringify({ ...fields, password }));
  await using manager = await startSecretsManager({});
  await fc.assert(
    fc.asyncProperty(fc.oneof(profile, damagedBytes(profile).map(String), anyText), async (text) => {
      manager.secrets.set("vcenters/lab", text);
      const find = secretProfiles({ client: manager.client, prefix: "vcenters/", clock: fakeClock() });
      const outcome = await outcomeOf(() => find("lab"), { secrets: [password] });
      if (outcome.error === undefined) expect(outcome.value).toMatchObject({ name: "lab" });
      else expect(outcome.error).toBeInstanceOf(InvalidInput);
    }),
    share(1 / 2),
  );
});

test("why an item's export failed is told in short, whatever its execution's description holds", () => {
  const description = fc
    .record({ Status: anyText, Error: anyText, Cause: anyText, Input: anyText }, { requiredKeys: ["Status"] })
    .map((value) => JSON.stringify(value));
  const cause = fc.oneof(description, damagedBytes(description).map(String), anyText);
  fc.assert(
    fc.property(cause, (Cause) => {
      const { name, message } = readFailure({ Error: "States.TaskFailed", Cause });
      expect(typeof name).toBe("string");
      expect([...message].length).toBeLessThanOrEqual(200);
    }),
    share(2),
  );
});
