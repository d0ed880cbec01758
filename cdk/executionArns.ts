import { ArnFormat, Stack } from "aws-cdk-lib";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";

/** ARN of all executions of a state machine. */
export function executionsOf(stateMachine: StateMachine): string {
  return arnOf(stateMachine, "execution", ":*");
}

/** What the ARN of each of its executions begins with. */
export function executionPrefixOf(stateMachine: StateMachine): string {
  return arnOf(stateMachine, "execution", ":");
}

/** ARN of the Map Runs of all those executions. */
export function mapRunsOf(stateMachine: StateMachine): string {
  return arnOf(stateMachine, "mapRun", "/*");
}

function arnOf(stateMachine: StateMachine, resource: string, names: string): string {
  return Stack.of(stateMachine).formatArn({
    service: "states",
    resource,
    resourceName: `${stateMachine.stateMachineName}${names}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
