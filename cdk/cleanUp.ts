import { Duration } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget, SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { DeploymentVariable } from "../functions/lambda/deployment.ts";
import cleanUp from "../statemachine/clean-up.asl.json" with { type: "json" };
import { executionsOf } from "./executionArns.ts";
import type { ExportFunctions } from "./exportFunctions.ts";
import { loggedStateMachine } from "./loggedStateMachine.ts";
import { eventsRole } from "./serviceRole.ts";

export interface CleanUpProps {
  /** The state machine that exports. */
  readonly exports: StateMachine;
  readonly functions: ExportFunctions;
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/**
 * What removes all that an export leaves which was stopped, timed out or died: the state machine of
 * statemachine/clean-up.asl.json, the rule that starts it, and a daily sweep for events that were lost.
 */
export class CleanUp extends Construct {
  readonly stateMachine: StateMachine;
  readonly cleanUpFunction: LambdaFunction;
  readonly sweepFunction: LambdaFunction;

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const { exports, functions } = props;
    const stateMachineArn: Partial<Record<DeploymentVariable, string>> = {
      LIBRARY_EXPORT_STATE_MACHINE_ARN: exports.stateMachineArn,
    };
    this.cleanUpFunction = functions.add(this, "CleanUp", {
      description: "Removes what the run records of an export name",
      // As for the functions of the workflow, a minute less than the state waits.
      timeout: Duration.seconds(cleanUp.States.CleanUp.TimeoutSeconds - 60),
      environment: stateMachineArn,
      statements: [...functions.accessOf("CleanUp"), readExecutions(exports)],
    });
    this.stateMachine = loggedStateMachine(this, "StateMachine", {
      comment: "Removes what an export left that was stopped, timed out or died",
      definition: JSON.stringify(cleanUp),
      functions: { CleanUp: this.cleanUpFunction },
      logRetention: props.logRetention,
    }).stateMachine;
    const cleanUpArn: Partial<Record<DeploymentVariable, string>> = {
      LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: this.stateMachine.stateMachineArn,
    };
    this.sweepFunction = functions.add(this, "SweepRuns", {
      description: "Looks for exports that ended without being cleaned up",
      timeout: Duration.minutes(15),
      environment: { ...stateMachineArn, ...cleanUpArn },
      statements: [
        ...functions.accessOf("SweepRuns"),
        readExecutions(exports),
        allow(["states:ListExecutions"], exports.stateMachineArn),
        allow(["states:StartExecution"], this.stateMachine.stateMachineArn),
      ],
    });
    this.#startAtEnd(props);
    this.#sweepDaily(props);
  }

  /** Children of a Distributed Map have another stateMachineArn, so that their events are not meant. */
  #startAtEnd({ exports, deadLetters }: CleanUpProps): void {
    new Rule(this, "AtEnd", {
      description: "An export did not succeed: remove what it left",
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [exports.stateMachineArn], status: ["ABORTED", "TIMED_OUT", "FAILED"] },
      },
      targets: [
        new SfnStateMachine(this.stateMachine, {
          role: eventsRole(this, "EventsRole"),
          input: RuleTargetInput.fromObject({ executionArn: EventField.fromPath("$.detail.executionArn") }),
          deadLetterQueue: deadLetters,
        }),
      ],
    });
  }

  #sweepDaily({ deadLetters }: CleanUpProps): void {
    new Rule(this, "Daily", {
      description: "Looks for exports that ended without being cleaned up",
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
