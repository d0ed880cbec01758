import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidArn,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { FileError } from "../workflow.ts";
import {
  EXECUTION_STATES,
  type Execution,
  type ExecutionState,
  type Executions,
  type SyncExecutions,
} from "./executions.ts";
import { exportProgress } from "./exportProgress.ts";
import { type FindInHistory, historyOf } from "./history.ts";
import { toDeploymentError } from "./stepFunctionsErrors.ts";
import { syncProgress } from "./syncProgress.ts";

/** The executions of a deployed state machine that exports, over AWS Step Functions' API. */
export function stepFunctionsExecutions(client: SFNClient, stateMachineArn: string): Executions {
  return executionsOf(client, stateMachineArn, exportProgress);
}

/** The same of one that mirrors libraries. */
export function stepFunctionsSyncs(client: SFNClient, stateMachineArn: string): SyncExecutions {
  return executionsOf(client, stateMachineArn, (find) => syncProgress(client, find));
}

function executionsOf<Request, Progress>(
  client: SFNClient,
  stateMachineArn: string,
  progressIn: (find: FindInHistory) => (execution: Execution) => Promise<Progress>,
): Executions<Request, Progress> {
  const executionArn = (id: string) => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${id}`;
  const progress = progressIn(historyOf(client, executionArn));

  async function call<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw toDeploymentError(error, stateMachineArn);
    }
  }

  return {
    async start(id, input) {
      try {
        const { startDate } = await client.send(
          new StartExecutionCommand({ stateMachineArn, name: id, input: JSON.stringify(input) }),
        );
        return { id, state: "RUNNING", startedAt: toIso(startDate), endedAt: null };
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return undefined;
        throw toDeploymentError(error, stateMachineArn);
      }
    },

    async describe(id) {
      try {
        return toExecution(
          id,
          await client.send(new DescribeExecutionCommand({ executionArn: executionArn(id) })),
        );
      } catch (error) {
        const none = [ExecutionDoesNotExist, InvalidArn, InvalidName].some((known) => error instanceof known);
        if (none || isTooLong(error)) return undefined;
        throw toDeploymentError(error, stateMachineArn);
      }
    },

    async list({ state, limit, pageToken }) {
      try {
        const page = await client.send(
          new ListExecutionsCommand({
            stateMachineArn,
            maxResults: limit,
            ...(state && { statusFilter: state }),
            ...(pageToken !== undefined && { nextToken: pageToken }),
          }),
        );
        const executions = (page.executions ?? []).map(({ name = "", status, startDate, stopDate }) => ({
          id: name,
          state: toState(status),
          startedAt: toIso(startDate),
          endedAt: stopDate === undefined ? null : toIso(stopDate),
        }));
        return { executions, next: page.nextToken ?? null };
      } catch (error) {
        if (error instanceof InvalidToken || (pageToken !== undefined && isTooLong(error))) return undefined;
        throw toDeploymentError(error, stateMachineArn);
      }
    },

    async stop(id, reason) {
      await call(
        client.send(
          new StopExecutionCommand({ executionArn: executionArn(id), error: "Stopped", cause: reason }),
        ),
      );
    },

    progress: (execution) => call(progress(execution)),
  };
}

function toExecution(id: string, answer: DescribeExecutionOutput): Execution {
  const state = toState(answer.status);
  return {
    id,
    state,
    startedAt: toIso(answer.startDate),
    endedAt: answer.stopDate === undefined ? null : toIso(answer.stopDate),
    input: parseJson(answer.input),
    error: state === "RUNNING" || state === "SUCCEEDED" ? null : toError(state, answer),
  };
}

function toError(state: ExecutionState, { error, cause }: DescribeExecutionOutput): FileError {
  if (state === "ABORTED") return { name: "Stopped", message: cause || "It was stopped" };
  if (state === "TIMED_OUT") return { name: error || "States.Timeout", message: cause || "It took too long" };
  return { name: error || "States.Runtime", message: cause || "The execution failed and gives no cause" };
}

/** Of a name or a token, in front of all that the operation itself says. Source: "Common Errors" of the API reference. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.name === "ValidationException";
}

/** PENDING_REDRIVE is of children of a Map alone. */
function toState(status: string | undefined): ExecutionState {
  return EXECUTION_STATES.find((state) => state === status) ?? "RUNNING";
}

function toIso(date: Date | undefined): string {
  return (date ?? new Date(0)).toISOString();
}

/** What a trigger sent may be anything but a valid input; Step Functions takes nothing that is not JSON. */
function parseJson(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text);
}
