import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

/** Reading every vCenter profile: one that is added later needs no deployment. */
export function profileStatements(
  scope: Construct,
  prefix: string,
  key: IKey | undefined,
): PolicyStatement[] {
  const secrets = Stack.of(scope).formatArn({
    service: "secretsmanager",
    resource: "secret",
    resourceName: `${prefix}*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secrets] }),
    ...(key ? [new PolicyStatement({ actions: ["kms:Decrypt"], resources: [key.keyArn] })] : []),
  ];
}

/**
 * Objects encrypted by the keys. Decrypt is needed for writing as well: S3 reads the parts of an upload to put them
 * together.
 */
export function objectKeyStatements(keys: IKey[], use: { write: boolean }): PolicyStatement[] {
  if (keys.length === 0) return [];
  return [
    new PolicyStatement({
      actions: ["kms:Decrypt", ...(use.write ? ["kms:GenerateDataKey"] : [])],
      resources: keys.map(({ keyArn }) => keyArn),
    }),
  ];
}
