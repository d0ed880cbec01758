import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import {
  Cluster,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import { containerImage } from "./containerImage.ts";
import type { ContainerPlace } from "./definition.ts";
import type { Network } from "./network.ts";
import { taskRole } from "./serviceRole.ts";
import { CONTAINER } from "./sizes.ts";

export interface ContainerRouteProps {
  readonly network: Network;
  /** As TransferFile has it. */
  readonly environment: Record<string, string>;
  /** All that the container may do besides writing to its log group: what TransferFile may. */
  readonly statements: PolicyStatement[];
  readonly logRetention: RetentionDays;
  /** Reads what a container has left. */
  readonly readResult: LambdaFunction;
}

/** The state machine tells the container of this name which file it is to move. */
const CONTAINER_NAME = "transfer";

/** What moves the files that fit no invocation: a task on Fargate for each, and nothing at all between them. */
export class ContainerRoute extends Construct {
  readonly readResult: LambdaFunction;
  readonly place: ContainerPlace;
  /** For the state machine. */
  readonly definitionSubstitutions: Record<string, string>;
  readonly #cluster: Cluster;
  readonly #taskDefinition: FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: ContainerRouteProps) {
    super(scope, id);
    const { network, statements, environment } = props;
    this.readResult = props.readResult;
    this.place = network.containerPlace;
    this.#cluster = new Cluster(this, "Cluster", { vpc: network.vpc });
    this.#taskDefinition = new FargateTaskDefinition(this, "Task", {
      taskRole: taskRole(this, "TaskRole"),
      executionRole: taskRole(this, "ExecutionRole"),
      cpu: CONTAINER.cpus * 1024,
      memoryLimitMiB: CONTAINER.memoryMiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    const logGroup = new LogGroup(this, "Logs", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#taskDefinition.addContainer("Container", {
      containerName: CONTAINER_NAME,
      image: containerImage(this),
      environment: { AWS_REGION: Stack.of(this).region, ...environment },
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: CONTAINER_NAME }),
      readonlyRootFilesystem: true,
      // To abort its upload and to close its download session. Fargate allows no longer.
      stopTimeout: Duration.seconds(120),
    });
    for (const statement of statements) this.#taskDefinition.addToTaskRolePolicy(statement);
    acknowledgeWildcards(
      this.#taskDefinition.taskRole,
      statements.flatMap(({ resources }) => resources),
    );
    acknowledgeWildcards(this.#taskDefinition.obtainExecutionRole(), ["*"]);
    // The latest revision: an export that is on its way outlives a deployment.
    this.definitionSubstitutions = {
      ContainerClusterArn: this.#cluster.clusterArn,
      ContainerTaskDefinition: this.#taskDefinition.family,
    };
    this.#acknowledge();
  }

  /** Lets the state machine run tasks and watch them, which Step Functions does by a rule of its own. */
  allowRunning(role: Role): void {
    const { taskRole, family } = this.#taskDefinition;
    const definitions = this.#arn("ecs", "task-definition", `${family}:*`);
    const tasks = this.#arn("ecs", "task", `${this.#cluster.clusterName}/*`);
    const rule = this.#arn("events", "rule", "StepFunctionsGetEventsForECSTaskRule");
    const executionRole = this.#taskDefinition.obtainExecutionRole();
    const statements = [
      new PolicyStatement({ actions: ["ecs:RunTask"], resources: [definitions] }),
      new PolicyStatement({ actions: ["ecs:StopTask", "ecs:DescribeTasks"], resources: [tasks] }),
      // Both roles are for ECS alone, so that they need no condition here.
      new PolicyStatement({
        actions: ["iam:PassRole"],
        resources: [taskRole.roleArn, executionRole.roleArn],
      }),
      new PolicyStatement({
        actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        resources: [rule],
      }),
    ];
    for (const statement of statements) role.addToPolicy(statement);
    acknowledgeWildcards(role, [definitions, tasks]);
  }

  #arn(service: string, resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service,
      resource,
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  #acknowledge(): void {
    Validations.of(this.#taskDefinition).acknowledge({
      id: "AwsSolutions-ECS2",
      reason: "The variables are settings; user names and passwords are read from Secrets Manager",
    });
    Validations.of(this.#cluster).acknowledge({
      id: "AwsSolutions-ECS4",
      reason:
        "A task's progress is in its run record and its end in the execution; insights would cost without use",
    });
  }
}
