import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { ContextAttribute, type IScheduleTarget, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { Universal } from "aws-cdk-lib/aws-scheduler-targets";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { scheduledNamePrefix } from "../functions/executionName.ts";
import type { ExportInput } from "../functions/input.ts";
import type { SyncInput } from "../functions/sync/input.ts";

/**
 * Starts an execution whose name says what it is for, and ends with an id that is new at each attempt. The target that
 * Scheduler has for Step Functions takes no name, but its general one calls any operation with any parameters.
 * @param input of the execution
 */
export function scheduledStart(
  stateMachine: IStateMachine,
  input: ExportInput | SyncInput,
  deadLetterQueue: IQueue,
): IScheduleTarget {
  const { stateMachineArn } = stateMachine;
  return new Universal({
    service: "sfn",
    action: "startExecution",
    input: ScheduleTargetInput.fromObject({
      StateMachineArn: stateMachineArn,
      Name: `${scheduledNamePrefix(input)}${ContextAttribute.executionId}`,
      Input: JSON.stringify(input),
    }),
    policyStatements: [
      new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }),
    ],
    deadLetterQueue,
  });
}
