import { InternalError, Stopped } from "../functions/errors.ts";
import type { Services } from "../functions/services.ts";
import { type Json, throughJson } from "./payload.ts";

/** Takes a state's parameters, and returns what the service that the state calls would. */
export type TaskHandler = (parameters: unknown) => Promise<Json>;

/**
 * Runs what an execution's tasks ask for, and knows what is still running. Nothing begins after the execution's end:
 * the engine would try a task again that fails because it was aborted.
 */
export class Tasks {
  readonly #services: Services;
  readonly #ended: AbortSignal | undefined;
  readonly #running = new Set<Promise<unknown>>();

  /** @param ended is aborted when the execution has ended, whether or not what is running learns of it */
  constructor(services: Services, ended = services.signal) {
    this.#services = services;
    this.#ended = ended;
  }

  /**
   * Stands for `lambda:invoke`: payloads have been JSON, and are bounded as in the cloud.
   * @param keep is told of what the function returns
   */
  invoke<Output>(
    handler: (event: unknown, services: Services) => Promise<Output>,
    keep: (output: Output) => void = () => {},
  ): TaskHandler {
    return this.run(async (parameters) => {
      const output = await handler(throughJson(payloadOf(parameters)), this.#services);
      keep(output);
      return { StatusCode: 200, Payload: throughJson(output) };
    });
  }

  /** Any other service. */
  run(work: TaskHandler): TaskHandler {
    const unlessEnded: TaskHandler = async (parameters) => {
      if (this.#ended?.aborted) throw new Stopped("The execution was stopped");
      return work(parameters);
    };
    return (parameters) => {
      const running = unlessEnded(parameters).catch((error: unknown) => {
        throw error instanceof Error ? error : new InternalError(`A function threw ${String(error)}`);
      });
      this.#running.add(running);
      const forget = () => this.#running.delete(running);
      running.then(forget, forget);
      return running;
    };
  }

  /** Resolves when nothing runs any more: the engine does not wait for it when it is aborted. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

function payloadOf(parameters: unknown): unknown {
  if (typeof parameters === "object" && parameters !== null && "Payload" in parameters)
    return parameters.Payload;
  throw new InternalError("The state passes no Payload to its function");
}
