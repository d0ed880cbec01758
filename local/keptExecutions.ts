import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../functions/clock.ts";
import type { Execution, ExecutionState, Executions } from "../functions/executions/executions.ts";
import type { FileError } from "../functions/workflow.ts";

/** Executions that have ended are forgotten, the oldest first, where there are more. */
const MAX_KEPT = 1000;

/** An execution that was started on the engine. */
export interface Running<Progress> {
  /** The report, in so far as it tells how the execution ended. */
  result: Promise<{ error: FileError | null }>;
  stop(): Promise<void>;
  /** What it has decided and done by now. */
  progress(): Progress;
}

interface Kept<Progress> {
  execution: Execution;
  running: Running<Progress>;
  ended: Promise<void>;
}

export interface KeptExecutions<Request, Progress> extends Executions<Request, Progress>, AsyncDisposable {
  /** Resolves when the execution has ended. */
  ended(id: string): Promise<void>;
  /** Stops whatever runs, and removes what it has opened. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Executions in this process, known as long as it lives. */
export function keepExecutions<Request, Progress>(
  clock: Clock,
  run: (id: string, input: Request) => Running<Progress>,
): KeptExecutions<Request, Progress> {
  const kept = new Map<string, Kept<Progress>>();

  const executions: KeptExecutions<Request, Progress> = {
    async start(id, input) {
      const earlier = kept.get(id)?.execution;
      if (earlier !== undefined) {
        const same = earlier.state === "RUNNING" && isDeepStrictEqual(earlier.input, input);
        return same ? summary(earlier) : undefined;
      }
      forgetOldest(kept);
      const entry = begin(id, JSON.parse(JSON.stringify(input)));
      kept.set(id, entry);
      return summary(entry.execution);
    },

    async describe(id) {
      const execution = kept.get(id)?.execution;
      return execution && { ...execution };
    },

    async list({ state, limit, pageToken }) {
      const all = [...kept.values()].map(({ execution }) => execution).reverse();
      const before = pageToken === undefined ? 0 : all.findIndex(({ id }) => id === pageToken) + 1;
      if (pageToken !== undefined && before === 0) return undefined;
      const matching = all
        .slice(before)
        .filter((execution) => state === undefined || execution.state === state);
      const page = matching.slice(0, limit);
      return {
        executions: page.map(summary),
        next: matching.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },

    async stop(id) {
      await kept.get(id)?.running.stop();
      await executions.ended(id);
    },

    async progress({ id }) {
      const entry = kept.get(id);
      if (entry === undefined) throw new RangeError(`no execution is named ${id}`);
      return entry.running.progress();
    },

    async ended(id) {
      await kept.get(id)?.ended;
    },

    async [Symbol.asyncDispose]() {
      await Promise.all([...kept.keys()].map((id) => executions.stop(id, "The process ends")));
    },
  };
  return executions;

  function begin(id: string, input: Request): Kept<Progress> {
    const running = run(id, input);
    const execution: Execution = {
      id,
      state: "RUNNING",
      startedAt: now(clock),
      endedAt: null,
      input,
      error: null,
    };
    const end = (state: ExecutionState, error: FileError | null) =>
      void Object.assign(execution, { state, error, endedAt: now(clock) });
    const ended = running.result.then(
      ({ error }) => end(stateOf(error), error),
      (error: unknown) => end("FAILED", { name: "InternalError", message: String(error) }),
    );
    return { execution, running, ended };
  }
}

function stateOf(error: FileError | null): ExecutionState {
  if (error === null) return "SUCCEEDED";
  return error.name === "Stopped" ? "ABORTED" : "FAILED";
}

function forgetOldest(kept: Map<string, Kept<unknown>>): void {
  if (kept.size < MAX_KEPT) return;
  for (const [id, { execution }] of kept) {
    if (execution.state !== "RUNNING") {
      kept.delete(id);
      return;
    }
  }
}

function summary({ id, state, startedAt, endedAt }: Execution) {
  return { id, state, startedAt, endedAt };
}

function now(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
