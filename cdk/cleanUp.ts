import { ArnFormat, Aws, Duration, Names, RemovalPolicy, Stack } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget, SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { DeploymentVariable } from "../functions/lambda/deployment.ts";
import cleanUp from "../statemachine/clean-up.asl.json" with { type: "json" };
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import type { ExportFunctions } from "./exportFunctions.ts";
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
      statements: [...functions.accessOf("CleanUp"), this.#readExecutions(exports)],
    });
    this.stateMachine = this.#stateMachine(props);
    const cleanUpArn: Partial<Record<DeploymentVariable, string>> = {
      LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: this.stateMachine.stateMachineArn,
    };
    this.sweepFunction = functions.add(this, "SweepRuns", {
      description: "Looks for exports that ended without being cleaned up",
      timeout: Duration.minutes(15),
      environment: { ...stateMachineArn, ...cleanUpArn },
      statements: [
        ...functions.accessOf("SweepRuns"),
        this.#readExecutions(exports),
        allow(["states:ListExecutions"], exports.stateMachineArn),
        allow(["states:StartExecution"], this.stateMachine.stateMachineArn),
      ],
    });
    this.#startAtEnd(props);
    this.#sweepDaily(props);
  }

  #stateMachine({ logRetention }: CleanUpProps): StateMachine {
    const definition = JSON.stringify(cleanUp).replaceAll(
      "arn:aws:states:::",
      `arn:${Aws.PARTITION}:states:::`,
    );
    const stateMachine = new StateMachine(this, "StateMachine", {
      comment: "Removes what an export left that was stopped, timed out or died",
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: { CleanUpFunctionArn: this.cleanUpFunction.functionArn },
      logs: {
        destination: new LogGroup(this, "Logs", {
          logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 80 })}`,
          retention: logRetention ?? RetentionDays.SIX_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
    const bus = Stack.of(this).formatArn({
      service: "events",
      resource: "event-bus",
      resourceName: "default",
    });
    stateMachine.addToRolePolicy(allow(["lambda:InvokeFunction"], this.cleanUpFunction.functionArn));
    stateMachine.addToRolePolicy(allow(["events:PutEvents"], bus));
    // Log deliveries and traces.
    acknowledgeWildcards(stateMachine.role, ["*"]);
    return stateMachine;
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

  /** What an export decided, and how it ended. */
  #readExecutions(exports: StateMachine): PolicyStatement {
    const executions = Stack.of(this).formatArn({
      service: "states",
      resource: "execution",
      resourceName: `${exports.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return allow(["states:DescribeExecution", "states:GetExecutionHistory"], executions);
  }
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}
