import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { LibraryExport } from "../../cdk/libraryExport.ts";
import { LibraryExportStack, type LibraryExportStackProps } from "../../cdk/libraryExportStack.ts";
import { existingVpc, unbundledApp } from "./synthesis.ts";

/** `<rule>: <path of the construct>` for everything that the rules of AWS Solutions find. */
function findings(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName}: ${constructPath}`),
  );
}

const nightly = { vcenter: "lab", libraryItemId: "an-item" };

test.each<[string, LibraryExportStackProps]>([
  ["that makes everything", {}],
  [
    "with schedules and notifications",
    {
      notifyFailures: true,
      schedules: { nightly: { expression: "rate(1 day)", input: nightly } },
      syncSchedules: {
        nightly: { expression: "rate(1 day)", input: { vcenter: "lab", libraryId: "a-library" } },
      },
    },
  ],
  ["with keys", { kmsKeyArn: key("objects"), profileSecretsKeyArn: key("secrets") }],
  ["with the API", { api: true }],
  ["with a private API", { api: { vpcEndpointIds: ["vpce-0123456789abcdef0"] }, bucketName: "images" }],
  ["with the container route", { vpc: existingVpc, containerRoute: true }],
  [
    "in a VPC, with existing buckets",
    {
      vpc: existingVpc,
      bucketName: "images",
      destinationBucketNames: ["archive"],
      stagingBucketName: "staging",
    },
  ],
])("the rules of AWS Solutions find nothing in a stack %s", (_what, props) => {
  expect(findings(new LibraryExportStack(unbundledApp(), "LibraryExport", props))).toEqual([]);
});

test("in an app of one's own they find only what is one's own", () => {
  // GIVEN
  const stack = new Stack(unbundledApp(), "Own");
  // WHEN
  new LibraryExport(stack, "LibraryExport", { bucket: new Bucket(stack, "Images") });
  // THEN
  expect(findings(stack)).toEqual([
    "AwsSolutions-S1: Own/Images/Resource",
    "AwsSolutions-S10: Own/Images/Resource",
  ]);
});

test("a permission that is added is found: nothing is acknowledged but what is there", () => {
  // GIVEN
  const stack = new LibraryExportStack(unbundledApp(), "LibraryExport");
  // WHEN
  stack.libraryExport.functions.PollFile.addToRolePolicy(
    new PolicyStatement({ actions: ["s3:*"], resources: ["arn:aws:s3:::*"] }),
  );
  // THEN
  expect(findings(stack)).toEqual([
    expect.stringMatching(/^AwsSolutions-IAM5\[Action::s3:\*\]: .*PollFile\/Role/),
    expect.stringMatching(/^AwsSolutions-IAM5\[Resource::arn:aws:s3:::\*\]: .*PollFile\/Role/),
  ]);
});

function key(name: string): string {
  return `arn:aws:kms:eu-central-1:123456789012:key/${name}`;
}
