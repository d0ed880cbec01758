import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { vi } from "vitest";
import type { ExportReport } from "../../../functions/workflow.ts";

export interface Execution<Report = ExportReport> {
  arn: string;
  status: string;
  /** Of one that succeeded: its output. */
  report?: Report;
  /** Of one that failed. */
  error?: string;
  cause?: string;
}

/** Starts an execution by the text of its input, as the console does. Returns its ARN. */
export async function startExecution(
  client: SFNClient,
  stateMachineArn: string,
  input: string,
): Promise<string> {
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input }));
  if (executionArn === undefined) throw new Error("StartExecution named no execution");
  return executionArn;
}

/** Waits until an execution has ended. */
export async function endOf<Report = ExportReport>(
  client: SFNClient,
  arn: string,
): Promise<Execution<Report>> {
  const { status, output, error, cause } = await vi.waitUntil(
    async () => {
      const described = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
      return described.status !== "RUNNING" && described;
    },
    { timeout: 110_000, interval: 250 },
  );
  return {
    arn,
    status: status ?? "",
    ...(status === "SUCCEEDED" && { report: JSON.parse(output ?? "") }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

/** The executions of an execution's files. */
export async function childrenOf(client: SFNClient, executionArn: string): Promise<ExecutionListItem[]> {
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  const lists = await Promise.all(
    mapRuns.map(({ mapRunArn }) => client.send(new ListExecutionsCommand({ mapRunArn }))),
  );
  return lists.flatMap(({ executions = [] }) => executions);
}

export async function historyOf(
  client: SFNClient,
  executionArn: string | undefined,
): Promise<HistoryEvent[]> {
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, includeExecutionData: true }),
  );
  return events;
}

/** Names of the states that were entered, in their order. */
export function statesOf(history: HistoryEvent[]): string[] {
  return history.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}
