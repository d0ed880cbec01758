import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import syncLibrary from "../statemachine/sync-library.asl.json" with { type: "json" };
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import { executionsOf } from "./executionArns.ts";
import type { ExportFunctions } from "./exportFunctions.ts";
import { loggedStateMachine } from "./loggedStateMachine.ts";
import type { SyncFunctionName } from "./s3Access.ts";

export interface SyncWorkflowProps {
  /** The state machine that exports an item. */
  readonly exports: StateMachine;
  readonly functions: ExportFunctions;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

const DESCRIPTIONS: Record<SyncFunctionName, string> = {
  ListLibrary: "Lists what vCenter and the bucket have of a library",
  PlanPage: "Decides what a sync does with each item of a page",
  RetireItems: "Marks or deletes items that vCenter has no more",
  AdmitItem: "Makes the input of an item's export",
  ExplainFailure: "Reads from a nested execution why an item's export failed",
  RecordPage: "Keeps what became of the items of a page",
  FinishSync: "Brings the index of a mirrored library up to date, and writes the report",
};

const states = { ...syncLibrary.States, ...syncLibrary.States.ExportItems.ItemProcessor.States };

/** What mirrors whole libraries: the state machine of statemachine/sync-library.asl.json. */
export class SyncWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { exports, functions, logRetention }: SyncWorkflowProps) {
    super(scope, id);
    // The keys of a Record are all of its type's.
    const names = Object.keys(DESCRIPTIONS) as SyncFunctionName[];
    const { stateMachine, role } = loggedStateMachine(this, "StateMachine", {
      comment: "Mirrors a vSphere Content Library to Amazon S3",
      definition: JSON.stringify(syncLibrary),
      functions: Object.fromEntries(names.map((name) => [name, this.#addFunction(name, functions)])),
      substitutions: { ExportItemStateMachineArn: exports.stateMachineArn },
      hasChildren: true,
      logRetention,
    });
    this.stateMachine = stateMachine;
    const nested = executionsOf(exports);
    role.addToPolicy(allow(["states:StartExecution"], exports.stateMachineArn));
    role.addToPolicy(allow(["states:DescribeExecution", "states:StopExecution"], nested));
    // By this rule, which Step Functions makes itself, it learns that a nested execution has ended.
    const rule = Stack.of(this).formatArn({
      service: "events",
      resource: "rule",
      resourceName: "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    });
    role.addToPolicy(allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], rule));
    acknowledgeWildcards(role, [nested]);
  }

  #addFunction(name: SyncFunctionName, functions: ExportFunctions): LambdaFunction {
    return functions.add(this, name, {
      description: DESCRIPTIONS[name],
      // As for the functions of the export, a minute less than the state waits.
      timeout: Duration.seconds(states[name].TimeoutSeconds - 60),
      statements: functions.accessOf(name),
    });
  }
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}
