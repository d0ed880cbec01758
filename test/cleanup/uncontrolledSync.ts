import { randomUUID } from "node:crypto";
import { StateMachine } from "aws-local-stepfunctions";
import * as z from "zod";
import type {
  Execution,
  ExecutionState,
  Executions,
  SyncExecutions,
  SyncProgress,
} from "../../functions/executions/executions.ts";
import type { SyncInput } from "../../functions/sync/input.ts";
import { loadDefinition, stateNames } from "../../local/definition.ts";
import { type ExecutionEvent, followEvents } from "../../local/events.ts";
import { throughJson } from "../../local/payload.ts";
import { SyncInvocations } from "../../local/syncInvocations.ts";
import type { Workflow } from "../workflow/harness.ts";
import { startUncontrolled, type UncontrolledExport } from "./uncontrolledExport.ts";

/** A sync whose end nobody cleans up after, and whose end does not reach the exports that it has started. */
export interface UncontrolledSync {
  arn: string;
  /** What Step Functions would tell of it. */
  syncs: SyncExecutions;
  /** The exports that it has started, as Step Functions would tell of them. */
  executions: Executions;
  exports: UncontrolledExport[];
  /** Ends the sync's own execution, and nothing else. */
  end(state: Extract<ExecutionState, "ABORTED" | "TIMED_OUT">): void;
  ended: Promise<void>;
  /** Parameters of every events:putEvents so far. */
  sent: unknown[];
  /** Resolves when no function of it, nor of its exports, is running any more. */
  functionsEnded(): Promise<void>;
}

const parametersSchema = z.object({ Input: z.unknown() });

/** Starts the sync of library "Golden", unless `given` says otherwise. */
export function startUncontrolledSync(
  workflow: Workflow,
  onEvent: (event: ExecutionEvent, running: UncontrolledSync) => void = () => {},
  given: Partial<SyncInput> = {},
): UncontrolledSync {
  const { services } = workflow;
  const name = `sync-${randomUUID()}`;
  const arn = `arn:aws:states:eu-central-1:123456789012:execution:sync-library:${name}`;
  const definition = loadDefinition("sync-library");
  const exports: UncontrolledExport[] = [];
  const over = new AbortController();
  const runExport = async (parameters: unknown) => {
    const running = startUncontrolled(workflow, undefined, parametersSchema.parse(parameters).Input);
    exports.push(running);
    await running.ended;
    const execution = await running.executions.describe(nameOf(running));
    const { report } = execution ? await running.executions.progress(execution) : { report: null };
    if (report === null) throw new Error("the export was cut off");
    return report;
  };
  const invocations = new SyncInvocations(services, runExport, over.signal);
  const input = { vcenter: "lab", library: "Golden", ...given };
  const sent: unknown[] = [];
  const putEvents = async (parameters: unknown) => {
    sent.push(parameters);
    return { FailedEntryCount: 0, Entries: [] };
  };
  const run = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    throughJson(input),
    {
      context: { Execution: { Id: arn, Name: name } },
      overrides: {
        taskResourceLocalHandlers: {
          ...invocations.taskHandlers(),
          NotifySynchronized: putEvents,
          NotifySyncFailed: putEvents,
        },
        retryIntervalOverrides: stateNames(definition, "Task", 0),
      },
    },
  );
  const now = () => new Date(services.clock.now()).toISOString();
  const execution: Execution = {
    id: name,
    state: "RUNNING",
    startedAt: now(),
    endedAt: null,
    input,
    error: null,
  };
  const exportNamed = (id: string) => exports.find((running) => nameOf(running) === id);
  const progress = (): SyncProgress => ({
    sync: invocations.sync,
    recorded: invocations.recorded,
    exporting: null,
    report: invocations.report ?? null,
  });
  let atEnd: SyncProgress | undefined;
  const uncontrolled: UncontrolledSync = {
    arn,
    exports,
    sent,
    syncs: {
      start: async () => undefined,
      describe: async (id) => (id === name ? { ...execution } : undefined),
      list: async () => ({ executions: [{ ...execution }], next: null }),
      stop: async () => uncontrolled.end("ABORTED"),
      progress: async () => atEnd ?? progress(),
    },
    executions: {
      start: async () => undefined,
      describe: async (id) => exportNamed(id)?.executions.describe(id),
      async list(query) {
        const lists = await Promise.all(exports.map(({ executions }) => executions.list(query)));
        const all = lists.flatMap((page) => page?.executions ?? []);
        return { executions: all.filter(({ state }) => state === (query.state ?? state)), next: null };
      },
      stop: async (id) => exportNamed(id)?.end("ABORTED"),
      async progress(ended) {
        const found = exportNamed(ended.id);
        if (found === undefined) throw new RangeError(`no export is named ${ended.id}`);
        return found.executions.progress(ended);
      },
    },
    end(state) {
      const error = { name: state === "ABORTED" ? "Stopped" : "States.Timeout", message: "It was ended" };
      Object.assign(execution, { state, endedAt: now(), error });
      // What a function returns afterwards is in no history.
      atEnd ??= progress();
      over.abort();
      run.abort();
    },
    ended: run.result.then(
      () => void Object.assign(execution, { state: "SUCCEEDED", endedAt: now() }),
      () => {
        if (execution.state === "RUNNING") Object.assign(execution, { state: "FAILED", endedAt: now() });
      },
    ),
    async functionsEnded() {
      await Promise.all(exports.map((running) => running.functionsEnded()));
      await invocations.settled();
    },
  };
  void followEvents(run.eventLogs, (event) => onEvent(event, uncontrolled));
  return uncontrolled;
}

function nameOf({ arn }: UncontrolledExport): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
