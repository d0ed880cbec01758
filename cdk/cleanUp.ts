import { Duration } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { DeploymentVariable } from "../functions/lambda/deployment.ts";
import cleanUp from "../statemachine/clean-up.asl.json" with { type: "json" };
import type { ExportFunctions } from "./exportFunctions.ts";
import { loggedStateMachine } from "./loggedStateMachine.ts";
import { eventsRole } from "./serviceRole.ts";

export interface CleanUpProps {
  /** The state machine whose executions are cleaned up after. */
  readonly ended: StateMachine;
  readonly word: "export" | "sync";
  readonly functionName: "CleanUp" | "CleanUpSync";
  readonly functions: ExportFunctions;
  readonly environment: Partial<Record<DeploymentVariable, string>>;
  /** What the function may do besides reading and writing objects. */
  readonly statements: PolicyStatement[];
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/**
 * What removes all that an export or a sync leaves which was stopped, timed out or died: the state machine of
 * statemachine/clean-up.asl.json, and the rule that starts it.
 */
export class CleanUp extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const { ended, word, functionName, functions, environment, statements, deadLetters } = props;
    const lambda = functions.add(this, functionName, {
      description: `Removes what is left of ${word}s that were cut off`,
      // As for the functions of the workflow, a minute less than the state waits.
      timeout: Duration.seconds(cleanUp.States.CleanUp.TimeoutSeconds - 60),
      environment,
      statements: [...functions.accessOf(functionName), ...statements],
    });
    this.stateMachine = loggedStateMachine(this, "StateMachine", {
      comment: `Removes what ${word}s left that were stopped, timed out or died`,
      definition: JSON.stringify(cleanUp),
      functions: { CleanUp: lambda },
      logRetention: props.logRetention,
    }).stateMachine;
    new Rule(this, "AtEnd", {
      description: `The ${word} did not succeed: remove what it left`,
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        // Children of a Distributed Map have another stateMachineArn, so that their events are not meant.
        detail: { stateMachineArn: [ended.stateMachineArn], status: ["ABORTED", "TIMED_OUT", "FAILED"] },
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
}
