import { randomUUID } from "node:crypto";
import {
  EXECUTION_STATES,
  type Execution,
  type ExecutionSummary,
} from "../../functions/executions/executions.ts";
import type { Machine } from "./machines.ts";

/** An error of the service. Source of the names: "Errors" of each operation in the API reference. */
export class StepFunctionsError extends Error {
  readonly status: number;

  constructor(name: string, status = 400) {
    super(`The simulator says ${name}`);
    this.name = name;
    this.status = status;
  }
}

/** @throws StepFunctionsError of that name for what is not JSON */
export function readJson(text: string, errorName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StepFunctionsError(errorName);
  }
}

/** Takes a reader of the request's fields, which has seen to their lengths, and returns the answer. */
type Operation = (field: (name: string) => string) => Promise<object>;

export function operations(machines: Machine[]): Map<string, Operation> {
  function machineNamed(arn: string): Machine {
    const found = machines.find((machine) => machine.arn === arn);
    if (found === undefined) throw new StepFunctionsError("StateMachineDoesNotExist");
    return found;
  }

  async function executionNamed(arn: string): Promise<{ machine: Machine; execution: Execution }> {
    const machine = machines.find((candidate) => arn.startsWith(prefixOf(candidate)));
    const name = arn.slice(prefixOf(machine).length);
    if (machine !== undefined && !isName(name)) throw new StepFunctionsError("InvalidArn");
    const execution = await machine?.describe(name);
    if (machine === undefined || execution === undefined)
      throw new StepFunctionsError("ExecutionDoesNotExist");
    return { machine, execution };
  }

  const answers: Record<string, Operation> = {
    async StartExecution(field) {
      const machine = machineNamed(field("stateMachineArn"));
      const name = field("name") || randomUUID();
      if (!isName(name)) throw new StepFunctionsError("InvalidName");
      readJson(field("input"), "InvalidExecutionInput");
      const started = await machine.start(name, field("input"));
      // Also for one that has ended, whatever its input: a name can be used again after 90 days.
      if (started === undefined) throw new StepFunctionsError("ExecutionAlreadyExists");
      return { executionArn: prefixOf(machine) + started.id, startDate: seconds(started.startedAt) };
    },

    async DescribeExecution(field) {
      const { machine, execution } = await executionNamed(field("executionArn"));
      const { input, error, state } = execution;
      return {
        ...described(machine, execution),
        input: JSON.stringify(input),
        ...(error && { error: error.name, cause: error.message }),
        ...(state === "SUCCEEDED" && { output: JSON.stringify(await machine.output(execution)) }),
      };
    },

    async ListExecutions(field) {
      const machine = machineNamed(field("stateMachineArn"));
      const state = EXECUTION_STATES.find((known) => known === field("statusFilter"));
      const pageToken = field("nextToken");
      const query = { limit: Number(field("maxResults") || 100), ...(state && { state }) };
      const page = await machine.list({ ...query, ...(pageToken !== "" && { pageToken }) });
      if (page === undefined) throw new StepFunctionsError("InvalidToken");
      return {
        executions: page.executions.map((execution) => described(machine, execution)),
        ...(page.next !== null && { nextToken: page.next }),
      };
    },

    async StopExecution(field) {
      const { machine, execution } = await executionNamed(field("executionArn"));
      await machine.stop(execution.id, field("cause"));
      return { stopDate: seconds(new Date().toISOString()) };
    },

    async GetExecutionHistory(field) {
      const { machine, execution } = await executionNamed(field("executionArn"));
      const events = await machine.history(execution);
      const numbered = events.map((event, index) => ({ id: index + 1, ...event }));
      return { events: field("reverseOrder") === "true" ? numbered.reverse() : numbered };
    },

    async DescribeMapRun(field) {
      const executionArn = field("mapRunArn")
        .replace(":mapRun:", ":execution:")
        .replace(/\/\w+:/, ":");
      const { machine, execution } = await executionNamed(executionArn);
      const counts = await machine.mapRun(execution);
      if (counts === null) throw new StepFunctionsError("ResourceNotFound");
      const { total, ended } = counts;
      return { mapRunArn: field("mapRunArn"), executionArn, itemCounts: { total, succeeded: ended } };
    },
  };

  return new Map(Object.entries(answers));
}

/** Source: `name` of StartExecution in the API reference. */
function isName(text: string): boolean {
  return text.isWellFormed() && /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\ufffe\uffff]{1,80}$/u.test(text);
}

/** What the ARNs of a state machine's executions begin with. */
function prefixOf({ arn }: Pick<Machine, "arn"> = { arn: "" }): string {
  return `${arn.replace(":stateMachine:", ":execution:")}:`;
}

function described(machine: Machine, { id, state, startedAt, endedAt }: ExecutionSummary) {
  return {
    executionArn: prefixOf(machine) + id,
    stateMachineArn: machine.arn,
    name: id,
    status: state,
    startDate: seconds(startedAt),
    ...(endedAt !== null && { stopDate: seconds(endedAt) }),
  };
}

/** JSON 1.0 writes a time as seconds since the epoch. */
function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
