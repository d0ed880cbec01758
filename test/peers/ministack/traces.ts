import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import type { Deployment } from "./deployment.ts";
import { childrenOf, historyOf } from "./execution.ts";
import type { Ministack } from "./ministack.ts";

/**
 * As text: input, output and history of every execution of every state machine, and of the executions of files, and
 * every line that was logged.
 */
export async function everythingKept({ aws, stepFunctions }: Deployment): Promise<string> {
  const kept: unknown[] = [await logLines(aws)];
  for (const executionArn of await allExecutions(stepFunctions)) {
    const { input, output, error, cause } = await stepFunctions.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    kept.push({ input, output, error, cause }, await historyOf(stepFunctions, executionArn));
  }
  return JSON.stringify(kept);
}

async function allExecutions(client: SFNClient): Promise<string[]> {
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand());
  const lists = await Promise.all(
    stateMachines.map(({ stateMachineArn }) =>
      client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 })),
    ),
  );
  const arns = lists.flatMap(({ executions = [] }) =>
    executions.flatMap(({ executionArn }) => executionArn ?? []),
  );
  const children = await Promise.all(arns.map((arn) => childrenOf(client, arn)));
  return [...arns, ...children.flat().flatMap(({ executionArn }) => executionArn ?? [])];
}

/** Of every log group, or of one. */
export async function logLines(aws: Ministack, only?: string): Promise<string[]> {
  const { logGroups } = await aws.ask<{ logGroups: { logGroupName: string }[] }>(
    "Logs_20140328.DescribeLogGroups",
  );
  const names = logGroups.map(({ logGroupName }) => logGroupName);
  const lists = await Promise.all(
    names
      .filter((name) => only === undefined || name === only)
      .map((logGroupName) =>
        aws.ask<{ events: { message: string }[] }>("Logs_20140328.FilterLogEvents", {
          logGroupName,
          limit: 10_000,
        }),
      ),
  );
  return lists.flatMap(({ events }) => events.map(({ message }) => message));
}
