import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { ContainerRoute } from "./containerRoute.ts";
import { exportItemDefinition, type FunctionName } from "./definition.ts";
import { loggedStateMachine } from "./loggedStateMachine.ts";

export interface ExportWorkflowProps {
  readonly functions: Record<FunctionName, IFunction>;

  /** @default - a file that fits no invocation fails */
  readonly containerRoute?: ContainerRoute;

  /** @default - chosen by CloudFormation */
  readonly stateMachineName?: string;

  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** The state machine of statemachine/export-item.asl.json. */
export class ExportWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ExportWorkflowProps) {
    super(scope, id);
    const { containerRoute, stateMachineName, logRetention } = props;
    const { stateMachine, logGroup, role } = loggedStateMachine(this, "ExportItem", {
      comment: "Exports one item of a vSphere Content Library to Amazon S3",
      definition: exportItemDefinition(containerRoute?.place),
      functions: {
        ...props.functions,
        ...(containerRoute && { ReadContainerResult: containerRoute.readResult }),
      },
      ...(containerRoute && { substitutions: containerRoute.definitionSubstitutions }),
      hasChildren: true,
      stateMachineName,
      logRetention,
    });
    containerRoute?.allowRunning(role);
    this.stateMachine = stateMachine;
    this.logGroup = logGroup;
  }
}
