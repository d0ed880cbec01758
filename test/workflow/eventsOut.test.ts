import { expect, test } from "vitest";
import * as z from "zod";
import { exportEndedSchema } from "../../functions/export/exportEnded.ts";
import { stateCalls } from "../../local/invocations.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import { startWorkflow, ubuntu } from "./harness.ts";

const SYNC = "arn:aws:states:eu-central-1:123456789012:execution:sync-library:nightly";

const parametersSchema = z.object({
  Entries: z.tuple([
    z.object({
      Source: z.literal("library-export"),
      DetailType: z.string(),
      Detail: exportEndedSchema.strict(),
    }),
  ]),
});

/** The one event that an export has sent. */
function eventOf({ sent }: { sent: unknown[] }) {
  expect(sent).toHaveLength(1);
  return parametersSchema.parse(sent[0]).Entries[0];
}

test("an export that succeeds tells how many files and bytes, and where the manifest is", async () => {
  await using workflow = await startWorkflow();
  const first = startUncontrolled(workflow);
  await first.ended;
  expect(eventOf(first)).toMatchObject({
    DetailType: "Export Succeeded",
    Detail: {
      execution: first.arn,
      startedBy: null,
      vcenter: "lab",
      library: "Golden images",
      item: "ubuntu",
      status: "EXPORTED",
      counts: { exported: 2, unchanged: 0, failed: 0, bytes: 6 * 1024 * 1024 + 11 },
      manifest: { bucket: "exports", key: "Golden images/ubuntu/.export.json" },
      error: null,
    },
  });

  const second = startUncontrolled(workflow);
  await second.ended;
  expect(eventOf(second).Detail).toMatchObject({
    status: "UNCHANGED",
    counts: { exported: 0, unchanged: 2, failed: 0, bytes: 0 },
  });
});

test("an export of a sync tells by which it was started, also when its item is not found", async () => {
  await using workflow = await startWorkflow();
  for (const item of ["ubuntu", "nowhere"]) {
    const input = { vcenter: "lab", library: "Golden images", item };
    const running = startUncontrolled(workflow, undefined, {
      ...input,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: SYNC,
    });
    await running.ended;
    expect(eventOf(running).Detail).toMatchObject({ startedBy: SYNC, item });
  }
});

test("an export that fails tells the error, and what was exported all the same", async () => {
  await using workflow = await startWorkflow({ behaviour: { wrongSessionChecksums: ["ubuntu.ovf"] } });
  const running = startUncontrolled(workflow);
  await running.ended;
  expect(eventOf(running)).toMatchObject({
    DetailType: "Export Failed",
    Detail: {
      status: "FAILED",
      counts: { exported: 1, unchanged: 0, failed: 1 },
      error: { name: "ChecksumMismatch", message: expect.stringContaining("ubuntu.ovf") },
    },
  });
});

test("an export whose item is not found tells what was asked for", async () => {
  await using workflow = await startWorkflow({ libraries: [{ ...ubuntu, items: [] }] });
  const running = startUncontrolled(workflow);
  await running.ended;
  expect(eventOf(running)).toMatchObject({
    DetailType: "Export Failed",
    Detail: {
      vcenter: "lab",
      library: "Golden images",
      item: "ubuntu",
      libraryItemId: "",
      contentVersion: "",
      counts: { exported: 0, unchanged: 0, failed: 0, bytes: 0 },
      manifest: null,
      error: { name: "ItemNotFound" },
    },
  });
});

test.each([
  ["a sync's, which tells of its items on its own", SYNC],
  ["nobody's", undefined],
])("an export whose FinishItem dies tells the error, and that it is %s", async (_whose, startedBy) => {
  await using workflow = await startWorkflow();
  const input = { vcenter: "lab", library: "Golden images", item: "ubuntu" };
  const running = startUncontrolled(
    workflow,
    undefined,
    startedBy === undefined ? input : { ...input, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: startedBy },
    {
      ...stateCalls,
      FinishItem: async () => {
        throw Object.assign(new Error("out of memory"), { name: "Runtime.ExitError" });
      },
    },
  );
  await running.ended;
  expect(eventOf(running)).toMatchObject({
    DetailType: "Export Failed",
    Detail: { startedBy: startedBy ?? null, error: { name: "Runtime.ExitError", message: "out of memory" } },
  });
});
