import { randomUUID } from "node:crypto";
import { StateMachine } from "aws-local-stepfunctions";
import type {
  Execution,
  ExecutionProgress,
  ExecutionState,
  Executions,
} from "../../functions/executions/executions.ts";
import { loadDefinition, stateNames } from "../../local/definition.ts";
import { type ExecutionEvent, followEvents } from "../../local/events.ts";
import { Invocations, stateCalls } from "../../local/invocations.ts";
import { throughJson } from "../../local/payload.ts";
import type { Workflow } from "../workflow/harness.ts";

/** An export whose end nobody cleans up after, as in the cloud. */
export interface UncontrolledExport {
  arn: string;
  /** What Step Functions would tell of it. */
  executions: Executions;
  /** The same of what it has come to, asked for at any time. */
  progress(): ExecutionProgress;
  /** Ends the execution, as StopExecution or its time limit does; functions that are running go on. */
  end(state: Extract<ExecutionState, "ABORTED" | "TIMED_OUT" | "FAILED">): void;
  /** Resolves when no function of it is running any more. */
  functionsEnded(): Promise<void>;
  /** Resolves when the execution has ended. */
  ended: Promise<void>;
  /** Parameters of every events:putEvents so far. */
  sent: unknown[];
}

/** Starts an export, of item "ubuntu" unless `input` says otherwise, with nothing around its state machine. */
export function startUncontrolled(
  { services }: Workflow,
  onEvent: (event: ExecutionEvent, running: UncontrolledExport) => void = () => {},
  input: unknown = { vcenter: "lab", library: "Golden images", item: "ubuntu" },
  functions = stateCalls,
): UncontrolledExport {
  const name = `uncontrolled-${randomUUID()}`;
  const arn = `arn:aws:states:eu-central-1:123456789012:execution:export-item:${name}`;
  const definition = loadDefinition();
  const over = new AbortController();
  const invocations = new Invocations(functions, services, over.signal);
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
          NotifySucceeded: putEvents,
          NotifyFailed: putEvents,
        },
        waitTimeOverrides: stateNames(definition, "Wait", 0),
        retryIntervalOverrides: stateNames(definition, "Task", 0),
      },
    },
  );
  const startedAt = new Date(services.clock.now()).toISOString();
  const execution: Execution = { id: name, state: "RUNNING", startedAt, endedAt: null, input, error: null };
  const now = () => new Date(services.clock.now()).toISOString();
  const progress = () => ({ resolved: invocations.resolved, report: invocations.report ?? null });
  let atEnd: ExecutionProgress | undefined;
  const uncontrolled: UncontrolledExport = {
    arn,
    sent,
    executions: {
      start: async () => undefined,
      describe: async (id) => (id === name ? { ...execution } : undefined),
      list: async () => ({ executions: [{ ...execution }], next: null }),
      stop: async () => uncontrolled.end("ABORTED"),
      progress: async () => uncontrolled.progress(),
    },
    progress: () => atEnd ?? progress(),
    end(state) {
      const error = { name: state === "ABORTED" ? "Stopped" : "States.Timeout", message: "It was ended" };
      Object.assign(execution, { state, endedAt: now(), error });
      // What a function returns afterwards is in no history.
      atEnd ??= progress();
      over.abort();
      run.abort();
    },
    functionsEnded: () => invocations.settled(),
    ended: run.result.then(
      () => void Object.assign(execution, { state: "SUCCEEDED", endedAt: now() }),
      () => {
        if (execution.state === "RUNNING") Object.assign(execution, { state: "FAILED", endedAt: now() });
      },
    ),
  };
  void followEvents(run.eventLogs, (event) => onEvent(event, uncontrolled));
  return uncontrolled;
}
