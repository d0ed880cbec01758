import { expect, test } from "vitest";
import { cleanUpSync } from "../../functions/cleanup/cleanUpSync.ts";
import type { Execution } from "../../functions/executions/executions.ts";
import { plainItem, startSyncWorkflow } from "../sync/harness.ts";
import { BUCKET } from "../workflow/harness.ts";

const ARN = "arn:aws:states:eu-central-1:123456789012:execution:sync-library:nightly";

/** Cleans up after a sync that was stopped before its library was listed. */
async function cleanUp(input: unknown, again = false) {
  const workflow = await startSyncWorkflow([plainItem("a")]);
  const time = new Date(workflow.clock.now()).toISOString();
  const stopped: Execution = {
    id: "nightly",
    state: "ABORTED",
    startedAt: time,
    endedAt: time,
    input,
    error: null,
  };
  const nothing = { sync: null, recorded: null, exporting: null, report: null };
  const cleanedUp = await cleanUpSync(
    { executionArn: ARN, again },
    {
      ...workflow.services,
      syncs: { describe: async () => stopped, progress: async () => nothing },
      executions: {
        describe: async () => undefined,
        list: async () => ({ executions: [], next: null }),
        stop: async (id) => expect.fail(`${id} was stopped`),
      },
    },
  );
  return { workflow, cleanedUp, keys: workflow.s3.objects(BUCKET) };
}

const sync = { vcenter: "lab", library: "Golden" };

test.each([
  ["is not valid", { library: "Golden" }],
  ["names a bucket that is not the deployment's", { ...sync, destination: { bucket: "elsewhere" } }],
  ["has a prefix that is none", { ...sync, destination: { prefix: "a/../b" } }],
])("of a sync whose input %s, there is nothing to mark or remove, but its end to tell", async (_what, input) => {
  const { workflow, cleanedUp, keys } = await cleanUp(input);
  await using _ = workflow;
  expect(cleanedUp).toMatchObject({ cutOff: true, notice: { detailType: "Sync Failed" } });
  expect(keys).toEqual([]);
});

test("of a sync that was still being listed, a marker stays until nothing of it can be running", async () => {
  const first = await cleanUp(sync);
  await using _ = first.workflow;
  expect(first.keys).toEqual([expect.stringContaining(".library-export/runs/nightly/")]);
  const second = await cleanUp(sync, true);
  await using __ = second.workflow;
  expect(second.cleanedUp).toEqual({ cutOff: true, notice: null });
  expect(second.keys).toEqual([]);
});
