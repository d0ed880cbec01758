import { readFileSync } from "node:fs";
import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { describe, expect, test } from "vitest";
import { LibraryExport } from "../../cdk/libraryExport.ts";
import { grantsOf } from "./grants.ts";
import {
  existingVpc,
  functionOf,
  resourceOf,
  resourcesOf,
  stackTemplate,
  unbundledApp,
} from "./synthesis.ts";

const CONTAINER_STATES = ["ContainerRoute", "TransferInContainer", "ReadContainerResult"];
const REPOSITORY = expect.stringMatching(/^arn:aws:ecr:REGION:ACCOUNT:repository\//);

interface Definition {
  States: { ExportFiles: { ItemProcessor: { States: Record<string, unknown> } } };
}

function definitionText(template: Template): string {
  const { DefinitionString } = resourceOf(template, "AWS::StepFunctions::StateMachine", /Workflow/);
  return JSON.stringify(DefinitionString);
}

describe("without the container route", () => {
  const template = stackTemplate({ vpc: existingVpc });

  test("there is nothing of it", () => {
    template.resourceCountIs("AWS::ECS::Cluster", 0);
    template.resourceCountIs("AWS::ECS::TaskDefinition", 0);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/ecs:|ecs-tasks|Container/);
  });

  test("no state is left that leads to it", () => {
    for (const name of [...CONTAINER_STATES, "FileTooLargeForSource"]) {
      expect(definitionText(template)).not.toContain(name);
    }
  });
});

describe("with the container route", () => {
  const template = stackTemplate({
    vpc: existingVpc,
    bucketName: "images",
    stagingBucketName: "staging",
    containerRoute: true,
  });
  const task = resourceOf(template, "AWS::ECS::TaskDefinition");
  const [container] = task.ContainerDefinitions as Record<string, unknown>[]; // as CloudFormation defines it

  test("a task is one container on Fargate, which writes to no disk and has time to clean up", () => {
    expect(task).toMatchObject({
      RequiresCompatibilities: ["FARGATE"],
      NetworkMode: "awsvpc",
      RuntimePlatform: { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" },
    });
    expect(task.ContainerDefinitions).toHaveLength(1);
    expect(container).toMatchObject({ Essential: true, ReadonlyRootFilesystem: true, StopTimeout: 120 });
  });

  test("between tasks nothing runs", () => {
    template.resourceCountIs("AWS::ECS::Service", 0);
    template.resourceCountIs("AWS::EC2::NatGateway", 0);
  });

  test("the container has TransferFile's settings, and a log group of its own", () => {
    const { Environment } = functionOf(template, "TransferFile");
    const { NODE_OPTIONS, ...settings } = (Environment as { Variables: Record<string, unknown> }).Variables; // as above
    const environment = (container?.Environment as { Name: string; Value: unknown }[]) ?? []; // as above
    expect(Object.fromEntries(environment.map(({ Name, Value }) => [Name, Value]))).toEqual({
      ...settings,
      AWS_REGION: { Ref: "AWS::Region" },
    });
    expect(settings).toMatchObject({ LIBRARY_EXPORT_CONTAINER_ROUTE: "true" });
    expect(container?.LogConfiguration).toMatchObject({
      LogDriver: "awslogs",
      Options: { "awslogs-group": { Ref: expect.stringMatching("ContainerRouteLogs") } },
    });
  });

  test("the state machine runs the latest revision in the VPC's subnets, and tells the container by its name", () => {
    const text = definitionText(template);
    for (const name of CONTAINER_STATES) expect(text).toContain(name);
    for (const subnetId of existingVpc.subnetIds) expect(text).toContain(subnetId);
    expect(text).toContain(`\\"Overrides\\":{\\"ContainerOverrides\\":[{\\"Name\\":\\"${container?.Name}\\"`);
    const { DefinitionSubstitutions } = resourceOf(template, "AWS::StepFunctions::StateMachine", /Workflow/);
    expect(DefinitionSubstitutions).toMatchObject({
      ContainerTaskDefinition: task.Family,
      ContainerClusterArn: { "Fn::GetAtt": [expect.stringMatching("Cluster"), "Arn"] },
      ReadContainerResultFunctionArn: { "Fn::GetAtt": [expect.stringMatching("ReadContainerResult"), "Arn"] },
    });
  });

  test("the state machine may run and watch tasks of this cluster and this family alone", () => {
    const without = grantsOf(stackTemplate(), /WorkflowExportItemRole/);
    const {
      "iam:PassRole": passed,
      "lambda:InvokeFunction": invoked,
      ...others
    } = grantsOf(template, /WorkflowExportItemRole/);
    expect(passed).toEqual([
      expect.stringMatching("ContainerRouteExecutionRole"),
      expect.stringMatching("ContainerRouteTaskRole"),
    ]);
    expect(invoked).toContain("<FunctionsReadContainerResultFunction>");
    const added = Object.keys(others).filter((action) => !(action in without));
    expect(Object.fromEntries(added.map((action) => [action, others[action]]))).toEqual({
      "ecs:RunTask": [`arn:aws:ecs:REGION:ACCOUNT:task-definition/${task.Family}:*`],
      "ecs:StopTask": ["arn:aws:ecs:REGION:ACCOUNT:task/<FunctionsContainerRouteCluster>/*"],
      "ecs:DescribeTasks": ["arn:aws:ecs:REGION:ACCOUNT:task/<FunctionsContainerRouteCluster>/*"],
      "events:PutTargets": [RULE],
      "events:PutRule": [RULE],
      "events:DescribeRule": [RULE],
    });
  });

  test("the container may do what TransferFile may, but for its log, its trace and its place in the VPC", () => {
    const transfer = Object.entries(grantsOf(template, /FunctionsTransferFileRole/));
    const expected = transfer.filter(([action]) => !/^(logs|ec2|xray):/.test(action));
    expect(grantsOf(template, /ContainerRouteTaskRole/)).toEqual(Object.fromEntries(expected));
  });

  test("whoever starts it may fetch its image and write its log", () => {
    expect(grantsOf(template, /ContainerRouteExecutionRole/)).toEqual({
      "ecr:GetAuthorizationToken": ["*"],
      "ecr:BatchCheckLayerAvailability": [REPOSITORY],
      "ecr:GetDownloadUrlForLayer": [REPOSITORY],
      "ecr:BatchGetImage": [REPOSITORY],
      "logs:CreateLogStream": ["<FunctionsContainerRouteLogs>"],
      "logs:PutLogEvents": ["<FunctionsContainerRouteLogs>"],
    });
  });

  test("the function that reads its result reads records and objects, and writes nothing but its log", () => {
    const grants = grantsOf(template, /FunctionsReadContainerResultRole/);
    const s3 = Object.entries(grants).filter(([action]) => action.startsWith("s3:"));
    expect(Object.fromEntries(s3)).toEqual({
      "s3:ListBucket": ["arn:aws:s3:::images"],
      "s3:GetObject": ["arn:aws:s3:::images/*", "arn:aws:s3:::images/*.library-export/runs/*"],
    });
  });

  test("no log group or role is without an owner", () => {
    const services = Object.entries(resourcesOf(template, "AWS::IAM::Role"))
      .filter(([id]) => /ContainerRoute(Task|Execution)Role/.test(id))
      .map(([, { AssumeRolePolicyDocument }]) => JSON.stringify(AssumeRolePolicyDocument));
    expect(services).toHaveLength(2);
    for (const document of services) expect(document).toContain("ecs-tasks.amazonaws.com");
    template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 180 });
  });
});

const RULE = "arn:aws:events:REGION:ACCOUNT:rule/StepFunctionsGetEventsForECSTaskRule";

test("containers run in a VPC, and synthesis says so where there is none", () => {
  expect(() => stackTemplate({ containerRoute: true })).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining("VPC") }),
  );
});

test("a VPC of one's own gives the tasks its private subnets", () => {
  // GIVEN
  const stack = new Stack(unbundledApp(), "Own");
  const vpc = new Vpc(stack, "Vpc");
  // WHEN
  new LibraryExport(stack, "LibraryExport", {
    network: { vpc, hasS3GatewayEndpoint: true },
    containerRoute: true,
  });
  // THEN
  const template = Template.fromStack(stack);
  const privateSubnets = template.findResources("AWS::EC2::Subnet", {
    Properties: Match.objectLike({ MapPublicIpOnLaunch: false }),
  });
  expect(Object.keys(privateSubnets).length).toBeGreaterThan(0);
  for (const id of Object.keys(privateSubnets)) expect(definitionText(template)).toContain(id);
});

test("a container that hangs is ended before a new bucket expires what it is writing", () => {
  const source = new URL("../../statemachine/export-item.asl.json", import.meta.url);
  const { States }: Definition = JSON.parse(readFileSync(source, "utf8"));
  const { TimeoutSeconds } = States.ExportFiles.ItemProcessor.States.TransferInContainer as {
    TimeoutSeconds: number; // a Task has it
  };
  const { LifecycleConfiguration } = resourceOf(stackTemplate(), "AWS::S3::Bucket");
  const { Rules } = LifecycleConfiguration as {
    Rules: { AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number } }[]; // as CloudFormation defines it
  };
  const days = Rules.flatMap((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? []);
  expect(days).toHaveLength(1);
  expect(TimeoutSeconds).toBeLessThan(Math.min(...days) * 24 * 60 * 60);
});
