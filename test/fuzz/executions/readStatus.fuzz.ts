import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportStatusSchema, syncStatusSchema } from "../../../functions/api/schemas.ts";
import { putText } from "../../../functions/catalog/objects.ts";
import { readStatus } from "../../../functions/executions/readStatus.ts";
import { readSyncStatus } from "../../../functions/executions/syncStatus.ts";
import { createS3Client } from "../../../functions/transfer/s3/uploadClient.ts";
import { type S3Simulator, startS3 } from "../../../simulators/s3/index.ts";
import {
  type ScriptedStepFunctions,
  startScriptedStepFunctions,
  type WireEvent,
} from "../../executions/scriptedStepFunctions.ts";
import { damagedValue } from "../damage.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";
import { exportState, recorded, report, runRecord, syncReport, syncState } from "../workflowData.ts";

const bucket = "status";

let directory: string;
let simulator: S3Simulator;
let s3: S3Client;
let stepFunctions: ScriptedStepFunctions;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "status-fuzz-"));
  simulator = await startS3({ directory, buckets: [bucket] });
  const { url, region, credentials } = simulator;
  s3 = createS3Client({ endpoint: url, region, credentials });
  stepFunctions = await startScriptedStepFunctions();
});
afterAll(async () => {
  await stepFunctions?.[Symbol.asyncDispose]();
  s3?.destroy();
  await simulator?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Seconds since the epoch, as JSON 1.0 has them. */
const seconds = fc.double({ min: 0, max: 4_000_000_000, noNaN: true });

/** An execution as DescribeExecution tells of it, any field of which may be absent. */
const description = fc.record(
  {
    executionArn: anyText,
    name: anyText,
    status: fc.oneof(
      fc.constantFrom(
        "RUNNING",
        "SUCCEEDED",
        "FAILED",
        "TIMED_OUT",
        "ABORTED",
        "PENDING_REDRIVE",
        "LATER_ADDED",
      ),
      anyText,
    ),
    startDate: seconds,
    stopDate: seconds,
    input: fc.json(),
    output: fc.json(),
    error: anyText,
    cause: anyText,
    fieldOfALaterVersion: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: [] },
);

/** Some of the events that are known, and one of another kind. */
function history(known: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<WireEvent[]> {
  const events = Object.entries(known).map(([name, outputs]) =>
    fc.option(outputs.map((output) => exited(name, JSON.stringify(output)))),
  );
  const other = fc.record({ id: fc.nat(), type: anyText, timestamp: fc.nat() });
  return fc.tuple(...events, fc.option(other)).map((found) => found.filter((event) => event !== null));
}

function exited(name: string, output: string): WireEvent {
  return { id: 1, type: "TaskStateExited", timestamp: 0, stateExitedEventDetails: { name, output } };
}

let executions = 0;

test("how an export stands can be told of every execution, whatever is missing and its records hold", async () => {
  const here = exportState.map(({ resolved, ...state }) => ({
    ...state,
    resolved: resolved && { ...resolved, item: { ...resolved.item, bucket, prefix: "" } },
  }));
  const records = fc.array(
    fc.oneof(runRecord, damagedValue(runRecord)).map((record) => JSON.stringify(record) ?? "null"),
    { maxLength: 2 },
  );
  const events = history({ ResolveItem: here, FinishItem: report });
  await fc.assert(
    fc.asyncProperty(description, events, records, async (description, events, records) => {
      executions += 1;
      const id = `nightly-${executions}`;
      Object.assign(stepFunctions, { description, events });
      for (const [index, text] of records.entries())
        await putText({ s3, bucket }, `.library-export/runs/${id}/${index}.json`, text, "*");
      const status = await readStatus(id, { executions: stepFunctions.executions, s3 });
      expect(exportStatusSchema.parse(status)).toEqual(status);
      expect(status.id).toBe(id);
      expect(status.error === null).toBe(["RUNNING", "SUCCEEDED"].includes(status.state));
    }),
    share(1 / 2),
  );
});

test("how a sync stands can be told of every execution, whatever is missing", async () => {
  const recordedState = fc.tuple(syncState, recorded).map(([state, recorded]) => ({ ...state, recorded }));
  const events = history({ ListLibrary: syncState, RecordPage: recordedState, FinishSync: syncReport });
  const mapRun = fc.constant({
    id: 9,
    type: "MapRunStarted",
    timestamp: 0,
    mapRunStartedEventDetails: { mapRunArn: "x" },
  });
  const counts = fc.record(
    {
      itemCounts: fc.record({ total: fc.nat(), succeeded: fc.nat(), failed: fc.nat() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      description,
      fc.tuple(events, fc.option(mapRun)).map(([known, run]) => (run ? [...known, run] : known)),
      counts,
      async (description, events, mapRun) => {
        executions += 1;
        Object.assign(stepFunctions, { description, events, mapRun });
        const status = await readSyncStatus(`sync-${executions}`, stepFunctions.syncs);
        expect(syncStatusSchema.parse(status)).toEqual(status);
        expect(status.error === null).toBe(["RUNNING", "SUCCEEDED"].includes(status.state));
      },
    ),
    share(1 / 2),
  );
});
