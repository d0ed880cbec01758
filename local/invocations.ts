import type { ExecutionState } from "../functions/export/events.ts";
import { handlers } from "../functions/handlers/index.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport, FileResult, TransferState } from "../functions/workflow.ts";
import { runContainerTask } from "./containerTask.ts";
import { type TaskHandler, Tasks } from "./tasks.ts";

/** What the states call, by their names: the functions that run in Lambda, and the task that runs in ECS. */
export const stateCalls = { ...handlers, TransferInContainer: runContainerTask };
export type StateCalls = typeof stateCalls;

/**
 * Stands for Lambda and ECS: makes the calls that the states ask for. It keeps what the functions return, so that an
 * export that is stopped can still be finished.
 */
export class Invocations {
  resolved: ExecutionState["resolved"] = null;
  results: FileResult[] = [];
  report: ExportReport | undefined;
  readonly #calls: StateCalls;
  readonly #services: Services;
  readonly #tasks: Tasks;

  /** @param ended as for `Tasks` */
  constructor(calls: StateCalls, services: Services, ended?: AbortSignal) {
    this.#calls = calls;
    this.#services = services;
    this.#tasks = new Tasks(services, ended);
  }

  /** By name of the state, as the engine's overrides have them. */
  taskHandlers(): Record<keyof StateCalls, TaskHandler> {
    const { PrepareFile, PollFile, CompleteFile, AbortFile, ResolveItem, FinishItem } = this.#calls;
    const { TransferFile, TransferInContainer, ReadContainerResult } = this.#calls;
    const tasks = this.#tasks;
    const keepResult = ({ result }: TransferState) => {
      if (result !== null) this.results.push(result);
    };
    return {
      PrepareFile: tasks.invoke(PrepareFile),
      PollFile: tasks.invoke(PollFile),
      CompleteFile: tasks.invoke(CompleteFile),
      AbortFile: tasks.invoke(AbortFile),
      ResolveItem: tasks.invoke(ResolveItem, (resolved) => {
        this.resolved = resolved;
      }),
      TransferFile: tasks.invoke(TransferFile, keepResult),
      ReadContainerResult: tasks.invoke(ReadContainerResult, keepResult),
      TransferInContainer: tasks.run((parameters) => TransferInContainer(parameters, this.#services)),
      FinishItem: tasks.invoke(FinishItem, (report) => {
        this.report = report;
      }),
    };
  }

  /** Resolves when nothing runs any more. */
  settled(): Promise<void> {
    return this.#tasks.settled();
  }
}
