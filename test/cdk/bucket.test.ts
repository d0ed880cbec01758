import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { expect, test } from "vitest";
import { runFolder, stagingKey } from "../../functions/catalog/keys.ts";
import { constructTemplate, FUNCTION_NAMES, functionOf, resourceOf, stackTemplate } from "./synthesis.ts";

interface Rule {
  Id: string;
  Prefix?: string;
}

test("a new bucket is private, versioned, encrypted, and outlives the stack", () => {
  // GIVEN no bucket
  // WHEN
  const template = stackTemplate();
  // THEN
  template.resourceCountIs("AWS::S3::Bucket", 1);
  template.hasResource("AWS::S3::Bucket", {
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      VersioningConfiguration: { Status: "Enabled" },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    },
  });
});

test("a new bucket refuses whoever comes without TLS 1.2", () => {
  const template = stackTemplate();
  const deny = { Effect: "Deny", Action: "s3:*", Principal: { AWS: "*" } };
  template.hasResourceProperties("AWS::S3::BucketPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        Match.objectLike({ ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } }),
      ]),
    },
  });
});

test("a new bucket removes by itself what a stopped export leaves", () => {
  // GIVEN
  const noncurrentVersionExpiration = Duration.days(90);
  // WHEN
  const template = stackTemplate({ noncurrentVersionExpiration });
  // THEN
  template.hasResourceProperties("AWS::S3::Bucket", {
    LifecycleConfiguration: {
      Rules: [
        {
          Id: "AbortIncompleteUploads",
          Status: "Enabled",
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
        { Id: "ExpireStaging", ExpirationInDays: 7, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
        { Id: "ExpireRunRecords", ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
        { Id: "ExpireSyncPages", ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
        {
          Id: "ExpireNoncurrentVersions",
          NoncurrentVersionExpiration: { NoncurrentDays: 90 },
          ExpiredObjectDeleteMarker: true,
        },
      ],
    },
  });
});

test.each([
  "",
  "vmware",
  "vmware/golden/",
])('below the prefix "%s", staging objects and run records expire and nothing else does', (defaultPrefix) => {
  // GIVEN the prefix as the functions use it
  const prefix = defaultPrefix && `${defaultPrefix.replace(/\/$/, "")}/`;
  // WHEN
  const bucket = resourceOf(stackTemplate({ defaultPrefix }), "AWS::S3::Bucket");
  // THEN
  const { Rules } = bucket.LifecycleConfiguration as { Rules: Rule[] }; // as CloudFormation defines it
  const prefixes = new Map(Rules.map(({ Id, Prefix }) => [Id, Prefix]));
  expect(stagingKey(prefix, "run", 0).startsWith(prefixes.get("ExpireStaging") ?? "none")).toBe(true);
  expect(runFolder(prefix, "run").startsWith(prefixes.get("ExpireRunRecords") ?? "none")).toBe(true);
  expect(prefixes.get("ExpireStaging")).toMatch(/\.library-export\/staging\/$/);
  expect(prefixes.get("ExpireRunRecords")).toMatch(/\.library-export\/runs\/$/);
});

test("a prefix that the functions would refuse is refused at synthesis", () => {
  expect(() => stackTemplate({ defaultPrefix: "a/../b" })).toThrow(
    expect.objectContaining({ name: "InvalidInput" }),
  );
});

test("a KMS key encrypts a new bucket and is named for every object", () => {
  // GIVEN
  const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";
  // WHEN
  const template = stackTemplate({ kmsKeyArn });
  // THEN
  template.hasResourceProperties("AWS::S3::Bucket", {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKeyArn },
        },
      ],
    },
  });
  expect(functionOf(template, "TransferFile")).toMatchObject({
    Environment: { Variables: { LIBRARY_EXPORT_KMS_KEY_ID: kmsKeyArn } },
  });
});

test("an existing bucket is used as it is", () => {
  // GIVEN
  const bucketName = "golden-images";
  // WHEN
  const template = stackTemplate({ bucketName });
  // THEN
  template.resourceCountIs("AWS::S3::Bucket", 0);
  template.resourceCountIs("AWS::S3::BucketPolicy", 0);
  for (const name of FUNCTION_NAMES) {
    expect(functionOf(template, name)).toMatchObject({
      Environment: { Variables: { LIBRARY_EXPORT_BUCKET: "golden-images" } },
    });
  }
  template.hasOutput("BucketName", { Value: "golden-images" });
});

test("in an app of one's own, buckets and keys are constructs", () => {
  // GIVEN
  const template = constructTemplate((stack) => ({
    // WHEN
    bucket: new Bucket(stack, "Images"),
    destinationBuckets: [new Bucket(stack, "Archive")],
    kmsKey: new Key(stack, "Key"),
  }));
  // THEN
  template.resourceCountIs("AWS::S3::Bucket", 2);
  expect(functionOf(template, "ResolveItem")).toMatchObject({
    Environment: {
      Variables: {
        LIBRARY_EXPORT_BUCKET: { Ref: expect.stringMatching(/^Images/) },
        LIBRARY_EXPORT_ALLOWED_BUCKETS: { Ref: expect.stringMatching(/^Archive/) },
        LIBRARY_EXPORT_KMS_KEY_ID: { "Fn::GetAtt": [expect.stringMatching(/^Key/), "Arn"] },
      },
    },
  });
});
