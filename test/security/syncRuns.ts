import { randomUUID } from "node:crypto";
import type { Page, Recorded, SyncPlan } from "../../functions/sync/state.ts";
import { LIBRARY, ovfItem, plainItem, startSyncWorkflow } from "../sync/harness.ts";
import type { Workflow } from "../workflow/harness.ts";
import { FunctionRuns, refused } from "./functionRuns.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

const EXECUTION = "arn:aws:states:eu-central-1:123456789012:execution:sync-library:nightly";

/** Runs the functions of a sync through all that they are there for. */
export async function recordSyncs(calls: RecordedCalls): Promise<void> {
  await using workflow = await startSyncWorkflow([
    ovfItem("vm"),
    plainItem("gone-mark"),
    plainItem("gone-delete"),
    plainItem("named"),
  ]);
  const { vcenter } = workflow;
  const runs = new FunctionRuns(workflow, calls);
  await sync(workflow, runs, {});
  // Renamed and gone: what the mirror has of both is retired, by marking it and by deleting it.
  await workflow.sync();
  for (const onDelete of ["mark", "delete"]) {
    vcenter.renameItem(vcenter.itemId(onDelete === "mark" ? "named" : "renamed-mark"), `renamed-${onDelete}`);
    vcenter.removeItem(vcenter.itemId(`gone-${onDelete}`));
    await sync(workflow, runs, { onDelete });
  }
  await findLogInRefused(workflow, runs);
}

async function sync(workflow: Workflow, runs: FunctionRuns, options: object): Promise<void> {
  const state = await listed(runs, options);
  const page = await runs.call<Page>("PlanPage", state);
  if (page.hasRetirements) await runs.call("RetireItems", { ...state, page });
  const results = [];
  for (const item of page.exports) {
    const { input } = await runs.call<{ input: object }>("AdmitItem", {
      sync: state.sync,
      item,
      execution: EXECUTION,
    });
    const { status, error } = (await workflow.run(input)).report;
    results.push({ index: item.index, status, error });
  }
  const recorded = await runs.call<Recorded>("RecordPage", { ...state, page, results });
  await runs.call("FinishSync", { ...state, page, results, recorded });
}

async function listed(runs: FunctionRuns, options: object) {
  const run = `sync-${randomUUID()}`;
  const input = { vcenter: "lab", library: LIBRARY, ...options };
  const plan = await runs.call<SyncPlan>("ListLibrary", { run, input });
  return { run, input, sync: plan, page: null, results: [], recorded: null, failure: null };
}

/** Which is noted, so that no other item tries it. */
async function findLogInRefused({ services, vcenter }: Workflow, runs: FunctionRuns): Promise<void> {
  const planning = await listed(runs, {});
  await runs.call("PlanPage", planning, refused(services)).catch(() => {});
  const failure = { Error: "LoginRefused", Cause: "401" };
  const item = { index: 0, libraryItemId: vcenter.itemId("vm"), name: "vm" };
  await runs.call("ExplainFailure", { sync: planning.sync, item, execution: EXECUTION, failure });
  await runs.call("AdmitItem", { sync: planning.sync, item, execution: EXECUTION }).catch(() => {});
  await runs.call("FinishSync", { ...planning, failure });

  vcenter.removeItem(vcenter.itemId("vm"));
  const state = await listed(runs, { onDelete: "mark" });
  const page = await runs.call<Page>("PlanPage", state);
  await runs.call("RetireItems", { ...state, page }, refused(services)).catch(() => {});
}
