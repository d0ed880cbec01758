import { Duration } from "aws-cdk-lib";
import type { handlers } from "../functions/handlers/index.ts";
import exportItem from "../statemachine/export-item.asl.json" with { type: "json" };

/** The functions of the workflow have the names of the states that call them. */
export type FunctionName = Exclude<keyof typeof handlers, ContainerFunctionName>;
/** Of a deployment with the container route. */
export type ContainerFunctionName = "ReadContainerResult";

/** Where a task of the container route runs. */
export interface ContainerPlace {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/** statemachine/export-item.asl.json for a deployment with the container route or without it. */
export function exportItemDefinition(container: ContainerPlace | undefined): string {
  return container ? withPlace(container) : withoutContainerRoute();
}

function withPlace({ subnetIds, securityGroupIds }: ContainerPlace): string {
  const lists = new Map<string, string[]>([
    ["Subnets", subnetIds],
    ["SecurityGroups", securityGroupIds],
  ]);
  return JSON.stringify(exportItem, (key, value) => lists.get(key) ?? value);
}

/**
 * Without its states, and not only without a way to them: Step Functions creates no state machine that runs tasks
 * unless its role may make the rule that watches them.
 */
function withoutContainerRoute(): string {
  const removed = ["ContainerRoute", "TransferInContainer", "ReadContainerResult"];
  return JSON.stringify(exportItem, (key, value) => {
    if (key === "Catch") return value.filter(({ Next }: { Next: string }) => !removed.includes(Next));
    return removed.includes(key) ? undefined : value;
  });
}

const states = { ...exportItem.States, ...exportItem.States.ExportFiles.ItemProcessor.States };

/**
 * A function may run for a minute less than its state waits: otherwise a Retry would start a second writer beside
 * one that is still running.
 */
export function functionTimeout(name: FunctionName | ContainerFunctionName): Duration {
  return Duration.seconds(states[name].TimeoutSeconds - 60);
}
