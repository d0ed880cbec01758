import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { DeploymentVariable } from "../functions/lambda/deployment.ts";
import { CleanUp } from "./cleanUp.ts";
import { executionsOf } from "./executionArns.ts";
import type { ExportFunctions } from "./exportFunctions.ts";

export interface CleanUpsProps {
  /** The state machine that exports. */
  readonly exports: StateMachine;
  /** The state machine that mirrors libraries. */
  readonly syncs: StateMachine;
  readonly functions: ExportFunctions;
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** The clean-ups of exports and of syncs, and a daily sweep for those whose event was lost. */
export class CleanUps extends Construct {
  readonly exports: CleanUp;
  readonly syncs: CleanUp;
  readonly sweepFunction: LambdaFunction;

  constructor(scope: Construct, id: string, { exports, syncs, ...common }: CleanUpsProps) {
    super(scope, id);
    const { functions, deadLetters } = common;
    const environment: Partial<Record<DeploymentVariable, string>> = {
      LIBRARY_EXPORT_STATE_MACHINE_ARN: exports.stateMachineArn,
      LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: syncs.stateMachineArn,
    };
    this.exports = new CleanUp(this, "Exports", {
      ...common,
      ended: exports,
      word: "export",
      functionName: "CleanUp",
      environment,
      statements: [readExecutions(exports)],
    });
    this.syncs = new CleanUp(this, "Syncs", {
      ...common,
      ended: syncs,
      word: "sync",
      functionName: "CleanUpSync",
      environment,
      statements: [
        readExecutions(syncs),
        // What the sync has started, and Step Functions has not stopped with it.
        allow(["states:ListExecutions"], exports.stateMachineArn),
        allow(["states:DescribeExecution", "states:StopExecution"], executionsOf(exports)),
      ],
    });
    const machines: Partial<Record<DeploymentVariable, string>> = {
      ...environment,
      LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: this.exports.stateMachine.stateMachineArn,
      LIBRARY_EXPORT_SYNC_CLEAN_UP_STATE_MACHINE_ARN: this.syncs.stateMachine.stateMachineArn,
    };
    this.sweepFunction = functions.add(this, "SweepRuns", {
      description: "Looks for exports and syncs that ended without being cleaned up",
      timeout: Duration.minutes(15),
      environment: machines,
      statements: [
        ...functions.accessOf("SweepRuns"),
        ...[exports, syncs].flatMap((ended) => [
          readExecutions(ended),
          allow(["states:ListExecutions"], ended.stateMachineArn),
        ]),
        ...[this.exports, this.syncs].map(({ stateMachine }) =>
          allow(["states:StartExecution"], stateMachine.stateMachineArn),
        ),
      ],
    });
    new Rule(this, "Daily", {
      description: "Looks for exports and syncs that ended without being cleaned up",
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaTarget(this.sweepFunction, { deadLetterQueue: deadLetters })],
    });
  }
}

/** What executions decided, and how they ended. */
function readExecutions(stateMachine: StateMachine): PolicyStatement {
  return allow(["states:DescribeExecution", "states:GetExecutionHistory"], executionsOf(stateMachine));
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}
