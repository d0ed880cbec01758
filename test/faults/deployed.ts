import type { ExecutionProgress } from "../../functions/executions/executions.ts";
import type { ExportInput } from "../../functions/input.ts";
import { runCleanUp } from "../cleanup/cleanUpMachine.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import type { Functions, Workflow } from "../workflow/harness.ts";
import type { Ending } from "./run.ts";
import { FAULTED } from "./scenario.ts";

export interface StoppedExport {
  /** Stops it; resolves when the first of the two clean-ups is done. */
  stop(): Promise<void>;
  /** What can be seen of it when the clean-up has come to its end. */
  ending: Promise<Ending>;
}

/**
 * Runs an export as in a deployment: a stop ends the execution alone, whose functions run on, and starts the clean-up
 * state machine.
 * @param stopAt name of the state, for the file where it is one of a file's own, that it is stopped at; absent: it is
 * stopped by `stop`
 */
export function startDeployed(
  workflow: Workflow,
  functions: Functions,
  input: Partial<ExportInput>,
  stopAt: string | undefined,
): StoppedExport {
  const firstCleanUp = Promise.withResolvers<void>();
  let cleanUp: Promise<unknown> | undefined;
  const running = startUncontrolled(
    workflow,
    ({ type, state, fileName = FAULTED }) => {
      if (type === "StateEntered" && state === stopAt && fileName === FAULTED) void stop();
    },
    { vcenter: "lab", library: "Golden images", item: "ubuntu", maxConcurrency: 1, ...input },
    functions,
  );

  async function stop(): Promise<void> {
    running.end("ABORTED");
    cleanUp ??= runCleanUp(workflow.services, running, () => firstCleanUp.resolve()).catch(
      (error: unknown) => {
        firstCleanUp.reject(error);
        throw error;
      },
    );
    await firstCleanUp.promise;
  }

  async function end(): Promise<Ending> {
    await running.ended;
    if (cleanUp === undefined) throw new Error("the export was never stopped");
    await cleanUp;
    const { report, resolved } = running.progress();
    return report ?? endOf(workflow, resolved);
  }

  return { stop, ending: end() };
}

/** Of an export that was stopped nobody makes a report: a file is exported if it is there, and all is well if each is. */
function endOf(workflow: Workflow, resolved: ExecutionProgress["resolved"]): Ending {
  const error = { name: "Stopped", message: "The execution was stopped" };
  const keys = workflow.keys();
  const files = (resolved?.files ?? []).map(({ name, key }) => {
    return keys.includes(key)
      ? { name, key, status: "EXPORTED" as const, error: null }
      : { name, key, status: "FAILED" as const, error };
  });
  const areThere = files.length > 0 && files.every(({ status }) => status === "EXPORTED");
  return { status: "FAILED", manifest: null, files, error: areThere ? null : error };
}
