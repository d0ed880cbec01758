import { InternalError, Stopped } from "../functions/errors.ts";
import type { Services } from "../functions/services.ts";
import { type Json, throughJson } from "./payload.ts";

/** Takes a state's parameters, and returns what the service that the state calls would. */
export type TaskHandler = (parameters: unknown) => Promise<Json>;

/** Runs what an execution's tasks ask for, none of it after a stop, and knows what is still running. */
export class Tasks {
  readonly #services: Services;
  readonly #running = new Set<Promise<unknown>>();

  constructor(services: Services) {
    this.#services = services;
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
