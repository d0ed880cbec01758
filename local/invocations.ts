import { InternalError, Stopped } from "../functions/errors.ts";
import type { ExecutionState } from "../functions/export/events.ts";
import type { handlers } from "../functions/handlers/index.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport, FileResult, TransferState } from "../functions/workflow.ts";
import { runContainerTask } from "./containerTask.ts";
import { type Json, throughJson } from "./payload.ts";

type Handlers = typeof handlers;
type TaskHandler = (parameters: unknown) => Promise<Json>;
type TaskName = keyof Handlers | "TransferInContainer";

/**
 * Stands for Lambda and ECS: invokes the functions as the states ask, with payloads that have been JSON and are
 * bounded as in the cloud, and runs the container's work. It keeps what they return, so that an export that is
 * stopped can still be finished.
 */
export class Invocations {
  resolved: ExecutionState["resolved"] = null;
  results: FileResult[] = [];
  report: ExportReport | undefined;
  readonly #handlers: Handlers;
  readonly #services: Services;
  readonly #running = new Set<Promise<unknown>>();

  constructor(functions: Handlers, services: Services) {
    this.#handlers = functions;
    this.#services = services;
  }

  /** By name of the state, as the engine's overrides have them. */
  taskHandlers(): Record<TaskName, TaskHandler> {
    const { PrepareFile, PollFile, CompleteFile, AbortFile, ResolveItem, FinishItem } = this.#handlers;
    const { TransferFile, ReadContainerResult } = this.#handlers;
    const keepResult = ({ result }: TransferState) => {
      if (result !== null) this.results.push(result);
    };
    return {
      PrepareFile: this.#invoke(PrepareFile),
      PollFile: this.#invoke(PollFile),
      CompleteFile: this.#invoke(CompleteFile),
      AbortFile: this.#invoke(AbortFile),
      ResolveItem: this.#invoke(ResolveItem, (resolved) => {
        this.resolved = resolved;
      }),
      TransferFile: this.#invoke(TransferFile, keepResult),
      ReadContainerResult: this.#invoke(ReadContainerResult, keepResult),
      TransferInContainer: this.#run((parameters) => runContainerTask(parameters, this.#services)),
      FinishItem: this.#invoke(FinishItem, (report) => {
        this.report = report;
      }),
    };
  }

  /** Resolves when no function runs any more: the engine does not wait for them when it is aborted. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #invoke<Output>(
    handler: (event: unknown, services: Services) => Promise<Output>,
    keep: (output: Output) => void = () => {},
  ): TaskHandler {
    return this.#run(async (parameters) => {
      const output = await handler(throughJson(payloadOf(parameters)), this.#services);
      keep(output);
      return { StatusCode: 200, Payload: throughJson(output) };
    });
  }

  #run(work: TaskHandler): TaskHandler {
    const unlessStopped: TaskHandler = async (parameters) => {
      if (this.#services.signal?.aborted) throw new Stopped("The export was stopped");
      return work(parameters);
    };
    return (parameters) => {
      const running = unlessStopped(parameters).catch((error: unknown) => {
        throw error instanceof Error ? error : new InternalError(`A function threw ${String(error)}`);
      });
      this.#running.add(running);
      const forget = () => this.#running.delete(running);
      running.then(forget, forget);
      return running;
    };
  }
}

function payloadOf(parameters: unknown): unknown {
  if (typeof parameters === "object" && parameters !== null && "Payload" in parameters)
    return parameters.Payload;
  throw new InternalError("The state passes no Payload to its function");
}
