import { Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  SecurityGroup,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { expect, test } from "vitest";
import { LibraryExport } from "../../cdk/libraryExport.ts";
import { LibraryExportStack } from "../../cdk/libraryExportStack.ts";
import { existingVpc, FUNCTION_NAMES, functionOf, stackTemplate, unbundledApp } from "./synthesis.ts";

const aboutS3 = Match.stringLikeRegexp("no gateway endpoint for S3");

test("without a VPC the functions are in none", () => {
  const template = stackTemplate();
  for (const name of FUNCTION_NAMES) expect(functionOf(template, name)).not.toHaveProperty("VpcConfig");
});

test("in an existing VPC every function is in the given subnets and one security group", () => {
  // GIVEN
  const vpc = existingVpc;
  // WHEN
  const template = stackTemplate({ vpc });
  // THEN
  template.hasResourceProperties("AWS::EC2::SecurityGroup", {
    VpcId: vpc.vpcId,
    SecurityGroupIngress: Match.absent(),
  });
  template.resourceCountIs("AWS::EC2::SecurityGroup", 1);
  for (const name of FUNCTION_NAMES) {
    expect(functionOf(template, name).VpcConfig).toEqual({
      SubnetIds: vpc.subnetIds,
      SecurityGroupIds: [{ "Fn::GetAtt": [expect.stringMatching("SecurityGroup"), "GroupId"] }],
    });
  }
});

test("security groups of one's own are used as they are", () => {
  // GIVEN
  const securityGroupIds = ["sg-0123456789abcdef0"];
  // WHEN
  const template = stackTemplate({ vpc: { ...existingVpc, securityGroupIds } });
  // THEN
  template.resourceCountIs("AWS::EC2::SecurityGroup", 0);
  expect(functionOf(template, "TransferFile")).toMatchObject({
    VpcConfig: { SecurityGroupIds: securityGroupIds },
  });
});

test("of an existing VPC it is not known whether it has a gateway endpoint for S3: synthesis warns", () => {
  // GIVEN
  const { hasS3GatewayEndpoint, ...vpc } = existingVpc;
  // WHEN
  const stack = new LibraryExportStack(unbundledApp(), "Unknown", { vpc });
  // THEN
  expect(hasS3GatewayEndpoint).toBe(true);
  Annotations.fromStack(stack).hasWarning("*", aboutS3);
});

test.each([true, false])("no warning is needed where hasS3GatewayEndpoint is %s", (hasS3GatewayEndpoint) => {
  // WHEN
  const vpc = { ...existingVpc, hasS3GatewayEndpoint };
  const stack = new LibraryExportStack(unbundledApp(), "Told", { vpc });
  // THEN
  Annotations.fromStack(stack).hasNoWarning("*", aboutS3);
});

test("a gateway endpoint that the VPC of the app gets later is found", () => {
  // GIVEN
  const stack = new Stack(unbundledApp(), "Own");
  const vpc = new Vpc(stack, "Vpc");
  new LibraryExport(stack, "LibraryExport", { network: { vpc } });
  // WHEN
  vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3 });
  // THEN
  Annotations.fromStack(stack).hasNoWarning("*", aboutS3);
});

test.each([
  ["none", () => {}],
  [
    "one for DynamoDB",
    (vpc: Vpc) => vpc.addGatewayEndpoint("DynamoDb", { service: GatewayVpcEndpointAwsService.DYNAMODB }),
  ],
  [
    "an interface endpoint for S3",
    (vpc: Vpc) => vpc.addInterfaceEndpoint("S3", { service: InterfaceVpcEndpointAwsService.S3 }),
  ],
  [
    "one in another VPC",
    (vpc: Vpc) =>
      new Vpc(vpc.stack, "Other").addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3 }),
  ],
])("a VPC whose endpoints are %s warns", (_what, add: (vpc: Vpc) => unknown) => {
  // GIVEN
  const stack = new Stack(unbundledApp(), "Own");
  const vpc = new Vpc(stack, "Vpc");
  new LibraryExport(stack, "LibraryExport", { network: { vpc } });
  // WHEN
  add(vpc);
  // THEN
  Annotations.fromStack(stack).hasWarning("/Own/LibraryExport/Functions/Network", aboutS3);
});

test("a security group can be a construct", () => {
  // GIVEN
  const stack = new Stack(unbundledApp(), "Own");
  const vpc = new Vpc(stack, "Vpc");
  const securityGroups = [new SecurityGroup(stack, "ToVcenter", { vpc, allowAllOutbound: false })];
  // WHEN
  new LibraryExport(stack, "LibraryExport", { network: { vpc, securityGroups } });
  // THEN
  expect(functionOf(Template.fromStack(stack), "PollFile")).toMatchObject({
    VpcConfig: {
      SecurityGroupIds: [{ "Fn::GetAtt": [expect.stringMatching("ToVcenter"), "GroupId"] }],
    },
  });
});
