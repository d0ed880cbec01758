import {
  EXECUTION_STATES,
  type Execution,
  type ExecutionSummary,
  type Executions,
} from "../../functions/executions/executions.ts";

/** An error of the service. Source of the names: "Errors" of each operation in the API reference. */
export class StepFunctionsError extends Error {
  readonly status: number;

  constructor(name: string, status = 400) {
    super(`The simulator says ${name}`);
    this.name = name;
    this.status = status;
  }
}

/** Takes a reader of the request's fields, and returns the answer. */
type Operation = (field: (name: string) => string) => Promise<object>;

export function operations(executions: Executions, stateMachineArn: string): Map<string, Operation> {
  const prefix = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:`;

  function requireStateMachine(arn: string): void {
    if (arn !== stateMachineArn) throw new StepFunctionsError("StateMachineDoesNotExist");
  }

  async function execution(arn: string): Promise<Execution> {
    const found = arn.startsWith(prefix) ? await executions.describe(arn.slice(prefix.length)) : undefined;
    if (found === undefined) throw new StepFunctionsError("ExecutionDoesNotExist");
    return found;
  }

  const answers: Record<string, Operation> = {
    async StartExecution(field) {
      requireStateMachine(field("stateMachineArn"));
      const started = await executions.start(field("name"), JSON.parse(field("input")));
      // Also for one that has ended, whatever its input: a name can be used again after 90 days.
      if (started === undefined) throw new StepFunctionsError("ExecutionAlreadyExists");
      return { executionArn: prefix + started.id, startDate: seconds(started.startedAt) };
    },

    async DescribeExecution(field) {
      const { input, error, ...summary } = await execution(field("executionArn"));
      const { report } = await executions.progress({ input, error, ...summary });
      return {
        ...described(summary),
        input: JSON.stringify(input),
        ...(error && { error: error.name, cause: error.message }),
        ...(summary.state === "SUCCEEDED" && { output: JSON.stringify(report) }),
      };
    },

    async ListExecutions(field) {
      requireStateMachine(field("stateMachineArn"));
      const state = EXECUTION_STATES.find((known) => known === field("statusFilter"));
      const pageToken = field("nextToken");
      const query = { limit: Number(field("maxResults") || 100), ...(state && { state }) };
      const page = await executions.list({ ...query, ...(pageToken !== "" && { pageToken }) });
      if (page === undefined) throw new StepFunctionsError("InvalidToken");
      return {
        executions: page.executions.map(described),
        ...(page.next !== null && { nextToken: page.next }),
      };
    },

    async StopExecution(field) {
      const { id } = await execution(field("executionArn"));
      await executions.stop(id, field("cause"));
      return { stopDate: seconds(new Date().toISOString()) };
    },

    async GetExecutionHistory(field) {
      const found = await execution(field("executionArn"));
      const { id: run, input } = found;
      const { resolved, report } = await executions.progress(found);
      const state = { run, input, resolved, results: [], failure: null };
      const exits = [
        ...(resolved ? [exited(8, "ResolveItem", state)] : []),
        ...(report ? [exited(15, "FinishItem", report)] : []),
      ];
      return { events: field("reverseOrder") === "true" ? exits.reverse() : exits };
    },
  };

  function described({ id, state, startedAt, endedAt }: ExecutionSummary) {
    return {
      executionArn: prefix + id,
      stateMachineArn,
      name: id,
      status: state,
      startDate: seconds(startedAt),
      ...(endedAt !== null && { stopDate: seconds(endedAt) }),
    };
  }

  return new Map(Object.entries(answers));
}

function exited(id: number, name: string, output: unknown) {
  return { id, type: "TaskStateExited", stateExitedEventDetails: { name, output: JSON.stringify(output) } };
}

/** JSON 1.0 writes a time as seconds since the epoch. */
function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
