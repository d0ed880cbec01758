import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../functions/clock.ts";
import type {
  Execution,
  ExecutionProgress,
  ExecutionState,
  Executions,
} from "../functions/executions/executions.ts";
import { executionStateSchema } from "../functions/export/events.ts";
import type { ExportRequest } from "../functions/input.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport } from "../functions/workflow.ts";
import { type ExportExecution, startExport } from "./engine.ts";

/** Executions that have ended are forgotten, the oldest first, where there are more. */
const MAX_KEPT = 1000;

interface Kept extends ExecutionProgress {
  execution: Execution;
  engine: ExportExecution;
  ended: Promise<void>;
}

export interface LocalExecutions extends Executions, AsyncDisposable {
  /** Resolves when the execution has ended. */
  ended(id: string): Promise<void>;
  /** Stops whatever runs, and removes what it has opened. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Executions in this process: the same state machine and functions as in the cloud, known as long as it lives. */
export function localExecutions(
  services: Services,
  timing?: { wait?: number; retry?: number },
): LocalExecutions {
  const kept = new Map<string, Kept>();

  const executions: LocalExecutions = {
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
      await kept.get(id)?.engine.stop();
      await executions.ended(id);
    },

    async progress({ id }) {
      const { resolved = null, report = null } = kept.get(id) ?? {};
      return { resolved, report };
    },

    async ended(id) {
      await kept.get(id)?.ended;
    },

    async [Symbol.asyncDispose]() {
      await Promise.all([...kept.keys()].map((id) => executions.stop(id, "The process ends")));
    },
  };
  return executions;

  function begin(id: string, input: ExportRequest): Kept {
    const engine = startExport({
      name: id,
      input,
      services,
      ...(timing && { timing }),
      onEvent({ type, state, input: given }) {
        if (type !== "StateEntered" || state !== "DryRun") return;
        entry.resolved = executionStateSchema.parse(given).resolved;
      },
    });
    const entry: Kept = {
      execution: { id, state: "RUNNING", startedAt: now(services.clock), endedAt: null, input, error: null },
      engine,
      ended: engine.result.then(
        (report) => end(entry, stateOf(report), report.error, report),
        (error: unknown) => end(entry, "FAILED", { name: "InternalError", message: String(error) }, null),
      ),
      resolved: null,
      report: null,
    };
    return entry;
  }

  function end(
    entry: Kept,
    state: ExecutionState,
    error: Execution["error"],
    report: ExportReport | null,
  ): void {
    Object.assign(entry.execution, { state, error, endedAt: now(services.clock) });
    entry.report = report;
  }
}

function stateOf({ error }: ExportReport): ExecutionState {
  if (error === null) return "SUCCEEDED";
  return error.name === "Stopped" ? "ABORTED" : "FAILED";
}

function forgetOldest(kept: Map<string, Kept>): void {
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
