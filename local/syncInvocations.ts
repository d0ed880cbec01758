import { syncHandlers } from "../functions/handlers/syncHandlers.ts";
import type { Services } from "../functions/services.ts";
import type { SyncReport } from "../functions/sync/report.ts";
import type { Recorded, SyncPlan } from "../functions/sync/state.ts";
import type { ExportReport } from "../functions/workflow.ts";
import { type Json, throughJson } from "./payload.ts";
import { type TaskHandler, Tasks } from "./tasks.ts";

/** As `Invocations`, for a sync: what its functions return is kept, so that one that is stopped can be finished. */
export class SyncInvocations {
  sync: SyncPlan | null = null;
  recorded: Recorded | null = null;
  report: SyncReport | undefined;
  readonly #tasks: Tasks;
  readonly #runExport: (parameters: unknown) => Promise<ExportReport>;

  /**
   * @param runExport stands for the nested execution; an export that fails has its report all the same
   * @param ended as for `Tasks`
   */
  constructor(
    services: Services,
    runExport: (parameters: unknown) => Promise<ExportReport>,
    ended?: AbortSignal,
  ) {
    this.#tasks = new Tasks(services, ended);
    this.#runExport = runExport;
  }

  /** By name of the state, as the engine's overrides have them. */
  taskHandlers(): Record<keyof typeof syncHandlers | "ExportItem", TaskHandler> {
    const { ListLibrary, PlanPage, RetireItems, AdmitItem, ExplainFailure, RecordPage, FinishSync } =
      syncHandlers;
    const tasks = this.#tasks;
    return {
      ListLibrary: tasks.invoke(ListLibrary, (sync) => {
        this.sync = sync;
      }),
      PlanPage: tasks.invoke(PlanPage),
      RetireItems: tasks.invoke(RetireItems),
      AdmitItem: tasks.invoke(AdmitItem),
      ExplainFailure: tasks.invoke(ExplainFailure),
      RecordPage: tasks.invoke(RecordPage, (recorded) => {
        this.recorded = recorded;
      }),
      FinishSync: tasks.invoke(FinishSync, (report) => {
        this.report = report;
      }),
      ExportItem: tasks.run(async (parameters) => nestedResult(await this.#runExport(parameters))),
    };
  }

  /** Resolves when nothing runs any more, the exports included. */
  settled(): Promise<void> {
    return this.#tasks.settled();
  }
}

/** What `startExecution.sync:2` raises when the nested execution fails: its description is the Cause. */
class TaskFailed extends Error {
  override readonly name = "States.TaskFailed";
}

function nestedResult(report: ExportReport): Json {
  const { error } = report;
  if (error === null) return throughJson({ Status: "SUCCEEDED", Output: report });
  throw new TaskFailed(JSON.stringify({ Status: "FAILED", Error: error.name, Cause: error.message }));
}
