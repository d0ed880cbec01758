import { expect, test } from "vitest";
import { type SweepServices, sweepRuns } from "../../functions/cleanup/sweepRuns.ts";
import type { Execution } from "../../functions/executions/executions.ts";
import { plainItem, startSyncWorkflow } from "../sync/harness.ts";

const HOUR = 60 * 60 * 1000;

type Listed = Pick<SweepServices, "executions" | "syncs">;

/** Sweeps what Step Functions is said to list; a clean-up that is started fails the test. */
async function sweepOf(services: SweepServices, listed: Partial<Listed>): Promise<string[]> {
  return sweepRuns({ ...services, ...listed });
}

async function scene() {
  const workflow = await startSyncWorkflow([plainItem("a")]);
  const now = workflow.clock.now();
  const at = (hoursAgo: number) => new Date(now - hoursAgo * HOUR).toISOString();
  const ended: Execution = {
    id: "ended",
    state: "ABORTED",
    startedAt: at(5),
    endedAt: at(4),
    input: {},
    error: null,
  };
  const started = async (id: string) => expect.fail(`a clean-up was started for ${id}`);
  const none = { list: async () => undefined, describe: async () => undefined };
  const services: SweepServices = {
    ...workflow.services,
    executions: { ...none, progress: async () => ({ resolved: null, report: null }) },
    syncs: {
      ...none,
      progress: async () => ({ sync: null, recorded: null, exporting: null, report: null }),
    },
    startCleanUp: started,
    startSyncCleanUp: started,
  };
  const list = async () => ({ executions: [ended], next: null });
  return { workflow, services, ended, at, list };
}

test("state machines that are not there have no executions", async () => {
  const { workflow, services } = await scene();
  await using _ = workflow;
  expect(await sweepOf(services, {})).toEqual([]);
});

test("an execution that Step Functions forgets meanwhile is let be", async () => {
  const { workflow, services, list } = await scene();
  await using _ = workflow;
  const executions = { ...services.executions, list };
  const syncs = { ...services.syncs, list };
  expect(await sweepOf(services, { executions, syncs })).toEqual([]);
});

test("one that ended before its item or its library was found has opened nothing", async () => {
  const { workflow, services, list, ended } = await scene();
  await using _ = workflow;
  const describe = async () => ended;
  const executions = { ...services.executions, list, describe };
  const syncs = { ...services.syncs, list, describe };
  expect(await sweepOf(services, { executions, syncs })).toEqual([]);
});

test("pages older than the longest execution are not asked for", async () => {
  const { workflow, services, ended, at } = await scene();
  await using _ = workflow;
  const asked: unknown[] = [];
  const list = async ({ pageToken }: { pageToken?: string }) => {
    asked.push(pageToken);
    return { executions: [{ ...ended, startedAt: at(18 * 24) }], next: "next" };
  };
  const executions = { ...services.executions, list, describe: () => expect.fail("it is not looked at") };
  expect(await sweepOf(services, { executions })).toEqual([]);
  expect(asked).toEqual([undefined]);
});
