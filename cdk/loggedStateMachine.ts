import { Aws, Names, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Policy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import { executionsOf } from "./executionArns.ts";
import { stateMachineRole } from "./serviceRole.ts";

export interface LoggedStateMachineProps {
  readonly comment: string;
  /** JSON, as statemachine/ has it: for the partition `aws`, and with a `${NAMEFunctionArn}` for each function. */
  readonly definition: string;
  /** By the names of the states that call them. */
  readonly functions: Record<string, IFunction>;
  /** What stands in the definition for anything but functions. @default - nothing */
  readonly substitutions?: Record<string, string>;
  /** Whether a Distributed Map is in it. @default false */
  readonly hasChildren?: boolean;
  /** @default - chosen by CloudFormation */
  readonly stateMachineName?: string | undefined;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays | undefined;
}

/** A state machine that invokes its functions and sends events, with logs, traces and a role of its own. */
export function loggedStateMachine(
  scope: Construct,
  id: string,
  props: LoggedStateMachineProps,
): { stateMachine: StateMachine; logGroup: LogGroup; role: Role } {
  const functions = Object.entries(props.functions);
  const logGroup = new LogGroup(scope, "Logs", {
    // Log groups of any other name each take a part of the 5,120 characters of CloudWatch Logs' resource policy.
    logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(scope, { maxLength: 80 })}`,
    retention: props.logRetention ?? RetentionDays.SIX_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = stateMachineRole(scope, `${id}Role`);
  const bus = Stack.of(scope).formatArn({
    service: "events",
    resource: "event-bus",
    resourceName: "default",
  });
  role.addToPolicy(
    allow(
      ["lambda:InvokeFunction"],
      functions.map(([, { functionArn }]) => functionArn),
    ),
  );
  role.addToPolicy(allow(["events:PutEvents"], [bus]));
  const stateMachine = new StateMachine(scope, id, {
    ...(props.stateMachineName && { stateMachineName: props.stateMachineName }),
    stateMachineType: StateMachineType.STANDARD,
    comment: props.comment,
    definitionBody: DefinitionBody.fromString(
      // The validator and the engine take no substitution there.
      props.definition.replaceAll("arn:aws:states:::", `arn:${Aws.PARTITION}:states:::`),
    ),
    definitionSubstitutions: {
      ...Object.fromEntries(functions.map(([name, { functionArn }]) => [`${name}FunctionArn`, functionArn])),
      ...props.substitutions,
    },
    role,
    // No state holds a password, a token or a download URI, so that the data may be logged.
    logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: true },
    tracingEnabled: true,
  });
  if (props.hasChildren) allowChildren(scope, `${id}Children`, stateMachine, role);
  // Log deliveries and traces.
  acknowledgeWildcards(role, ["*"]);
  return { stateMachine, logGroup, role };
}

/**
 * A Distributed Map starts, watches and stops executions of its own state machine. The policy is one of its own,
 * because the state machine depends on the role's: it would wait for itself.
 */
function allowChildren(scope: Construct, id: string, stateMachine: StateMachine, role: Role): void {
  const children = executionsOf(stateMachine);
  const policy = new Policy(scope, id, {
    roles: [role],
    statements: [
      allow(["states:StartExecution"], [stateMachine.stateMachineArn]),
      allow(["states:DescribeExecution", "states:StopExecution"], [children]),
    ],
  });
  acknowledgeWildcards(policy, [children]);
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
