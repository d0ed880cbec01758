import { Aws, Duration } from "aws-cdk-lib";
import type { handlers } from "../functions/handlers/index.ts";
import exportItem from "../statemachine/export-item.asl.json" with { type: "json" };

/** The functions of the workflow have the names of the states that call them. */
export type FunctionName = keyof typeof handlers;

/**
 * statemachine/export-item.asl.json for the partition of the deployment: the file itself has AWS's commercial one,
 * because the validator and the engine take no substitution there. `${<function>FunctionArn}` is left to substitute.
 */
export const exportItemDefinition: string = JSON.stringify(exportItem).replaceAll(
  "arn:aws:states:::",
  `arn:${Aws.PARTITION}:states:::`,
);

const states = { ...exportItem.States, ...exportItem.States.ExportFiles.ItemProcessor.States };

/**
 * A function may run for a minute less than its state waits: otherwise a Retry would start a second writer beside
 * one that is still running.
 */
export function functionTimeout(name: FunctionName): Duration {
  return Duration.seconds(states[name].TimeoutSeconds - 60);
}
