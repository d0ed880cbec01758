import { ArnFormat, Names, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Policy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import type { ContainerRoute } from "./containerRoute.ts";
import { exportItemDefinition, type FunctionName } from "./definition.ts";
import { stateMachineRole } from "./serviceRole.ts";

export interface ExportWorkflowProps {
  readonly functions: Record<FunctionName, IFunction>;

  /** @default - a file that fits no invocation fails */
  readonly containerRoute?: ContainerRoute;

  /** @default - chosen by CloudFormation */
  readonly stateMachineName?: string;

  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** The state machine of statemachine/export-item.asl.json, with logs, traces and a role of its own. */
export class ExportWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ExportWorkflowProps) {
    super(scope, id);
    const { containerRoute } = props;
    const functions = Object.entries({
      ...props.functions,
      ...(containerRoute && { ReadContainerResult: containerRoute.readResult }),
    });
    this.logGroup = new LogGroup(this, "Logs", {
      // Log groups of any other name each take a part of the 5,120 characters of CloudWatch Logs' resource policy.
      logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 80 })}`,
      retention: props.logRetention ?? RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = stateMachineRole(this, "Role");
    role.addToPolicy(
      new PolicyStatement({
        actions: ["lambda:InvokeFunction"],
        resources: functions.map(([, { functionArn }]) => functionArn),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ["events:PutEvents"], resources: [this.#defaultEventBus()] }),
    );
    containerRoute?.allowRunning(role);
    this.stateMachine = new StateMachine(this, "ExportItem", {
      ...(props.stateMachineName && { stateMachineName: props.stateMachineName }),
      stateMachineType: StateMachineType.STANDARD,
      comment: "Exports one item of a vSphere Content Library to Amazon S3",
      definitionBody: DefinitionBody.fromString(exportItemDefinition(containerRoute?.place)),
      definitionSubstitutions: {
        ...Object.fromEntries(
          functions.map(([name, { functionArn }]) => [`${name}FunctionArn`, functionArn]),
        ),
        ...containerRoute?.definitionSubstitutions,
      },
      role,
      // No state holds a password, a token or a download URI, so that the data may be logged.
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
    });
    this.#allowChildExecutions(role);
    // Log deliveries and traces.
    acknowledgeWildcards(role, ["*"]);
  }

  /**
   * A Distributed Map starts, watches and stops executions of its own state machine. The policy is one of its own,
   * because the state machine depends on the role's: it would wait for itself.
   */
  #allowChildExecutions(role: Role): void {
    const { stateMachineArn, stateMachineName } = this.stateMachine;
    const children = Stack.of(this).formatArn({
      service: "states",
      resource: "execution",
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new Policy(this, "ChildExecutions", {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }),
        new PolicyStatement({
          actions: ["states:DescribeExecution", "states:StopExecution"],
          resources: [children],
        }),
      ],
    });
    acknowledgeWildcards(policy, [children]);
  }

  #defaultEventBus(): string {
    return Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
  }
}
