import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";

export interface WorkflowFunctionProps
  extends Pick<FunctionOptions, "vpc" | "vpcSubnets" | "securityGroups" | "reservedConcurrentExecutions"> {
  readonly description: string;
  readonly code: Code;
  readonly timeout: Duration;
  /** MiB. */
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  readonly logRetention: RetentionDays;
  /** All that the function may do besides writing to its log group. */
  readonly statements: PolicyStatement[];
}

/** A function with its own log group and its own role, without any managed policy. */
export class WorkflowFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);
    const { statements, logRetention, environment, ...options } = props;
    const logGroup = new LogGroup(this, "Logs", {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    for (const statement of statements) role.addToPolicy(statement);
    // "*" is for the traces.
    acknowledgeWildcards(role, ["*", ...statements.flatMap(({ resources }) => resources)]);
    this.function = new LambdaFunction(this, "Function", {
      ...options,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      environment: { NODE_OPTIONS: "--enable-source-maps", ...environment },
    });
  }
}
