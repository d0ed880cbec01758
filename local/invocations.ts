import type { ExecutionState } from "../functions/export/events.ts";
import type { handlers } from "../functions/handlers/index.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport, FileResult, TransferState } from "../functions/workflow.ts";
import { runContainerTask } from "./containerTask.ts";
import { type TaskHandler, Tasks } from "./tasks.ts";

type Handlers = typeof handlers;
type TaskName = keyof Handlers | "TransferInContainer";

/**
 * Stands for Lambda and ECS: invokes the functions as the states ask, and runs the container's work. It keeps what
 * they return, so that an export that is stopped can still be finished.
 */
export class Invocations {
  resolved: ExecutionState["resolved"] = null;
  results: FileResult[] = [];
  report: ExportReport | undefined;
  readonly #handlers: Handlers;
  readonly #services: Services;
  readonly #tasks: Tasks;

  constructor(functions: Handlers, services: Services) {
    this.#handlers = functions;
    this.#services = services;
    this.#tasks = new Tasks(services);
  }

  /** By name of the state, as the engine's overrides have them. */
  taskHandlers(): Record<TaskName, TaskHandler> {
    const { PrepareFile, PollFile, CompleteFile, AbortFile, ResolveItem, FinishItem } = this.#handlers;
    const { TransferFile, ReadContainerResult } = this.#handlers;
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
      TransferInContainer: tasks.run((parameters) => runContainerTask(parameters, this.#services)),
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
