import type { S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { Services } from "../../functions/services.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import type { Workflow } from "../workflow/harness.ts";

/** What IAM has to allow for a request: one action on one resource. */
export interface Use {
  action: string;
  /** As test/cdk/grants.ts writes resources. */
  resource: string;
}

/** Keeps, by the name of a function, what IAM has to allow for each request that it makes. */
export class RecordedCalls implements Disposable {
  readonly #uses = new Map<string, Map<string, Use>>();
  readonly #clients = new Map<string, S3Client>();

  /** What a function has used, each action on each resource once. */
  of(name: string): Use[] {
    return [...(this.#uses.get(name)?.values() ?? [])];
  }

  /** Collaborators as the function of that name has them: with an S3 client of its own, and secrets that are noticed. */
  services<Given extends Services>(name: string, { s3 }: Workflow, given: Given): Given {
    return {
      ...given,
      s3: this.#clientOf(name, s3),
      profile: (profile, options) => {
        this.#note(name, "secretsmanager:GetSecretValue", `${SECRETS}${profile}`);
        return given.profile(profile, options);
      },
    };
  }

  /** Notes what is asked of Step Functions, whose state machines have names in the template. */
  watchStepFunctions(name: string, client: SFNClient, logicalIds: Record<string, string>): void {
    client.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const { stateMachineArn, executionArn, mapRunArn } = args.input as Record<
            string,
            string | undefined
          >; // of the commands that are sent here
          const arn = stateMachineArn ?? executionArn ?? mapRunArn ?? "";
          this.#note(name, `states:${commandName.replace(/Command$/, "")}`, inTemplate(arn, logicalIds));
          return next(args);
        },
      { step: "initialize" },
    );
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients.values()) client.destroy();
  }

  #clientOf(name: string, { url, region, credentials }: Workflow["s3"]): S3Client {
    const id = `${name} ${url}`;
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const client = createS3Client({ endpoint: url, region, credentials });
    client.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const input = args.input as S3Input; // every command of S3 has these fields, or lacks them
          for (const { action, resource } of usesOf(commandName.replace(/Command$/, ""), input)) {
            this.#note(name, action, resource);
          }
          return next(args);
        },
      { step: "initialize" },
    );
    this.#clients.set(id, client);
    return client;
  }

  #note(name: string, action: string, resource: string): void {
    const uses = this.#uses.get(name) ?? new Map<string, Use>();
    this.#uses.set(name, uses.set(`${action} ${resource}`, { action, resource }));
  }
}

const SECRETS = "arn:aws:secretsmanager:REGION:ACCOUNT:secret:library-export/vcenter/";

interface S3Input {
  Bucket?: string;
  Key?: string;
  VersionId?: string;
  Tagging?: string;
  CopySource?: string;
}

/**
 * The permissions of an S3 request. Source: "Required permissions for Amazon S3 API operations" in the S3 User Guide.
 * @throws Error for an operation that this table does not know: then it is to be added
 */
function usesOf(operation: string, { Bucket = "", Key = "", ...input }: S3Input): Use[] {
  const bucket = `arn:aws:s3:::${Bucket}`;
  const object = `${bucket}/${Key}`;
  // Without the right to list, a missing object is 403.
  const reading = (resource: string, versionId: string | undefined): Use[] => [
    { action: versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion", resource },
    { action: "s3:ListBucket", resource: resource.replace(/\/.*$/, "") },
  ];
  const writing: Use[] = [
    { action: "s3:PutObject", resource: object },
    ...(input.Tagging === undefined ? [] : [{ action: "s3:PutObjectTagging", resource: object }]),
  ];
  switch (operation) {
    case "HeadBucket":
    case "ListObjectsV2":
      return [{ action: "s3:ListBucket", resource: bucket }];
    case "GetObjectLockConfiguration":
      return [{ action: "s3:GetBucketObjectLockConfiguration", resource: bucket }];
    case "ListMultipartUploads":
      return [{ action: "s3:ListBucketMultipartUploads", resource: bucket }];
    case "ListObjectVersions":
      return [{ action: "s3:ListBucketVersions", resource: bucket }];
    case "HeadObject":
    case "GetObject":
      return reading(object, input.VersionId);
    case "PutObject":
    case "CreateMultipartUpload":
    case "UploadPart":
    case "CompleteMultipartUpload":
      return writing;
    case "UploadPartCopy": {
      const [path = "", versionId] = (input.CopySource ?? "").split("?versionId=");
      return [
        ...writing,
        ...reading(`arn:aws:s3:::${decodeURIComponent(path)}`, versionId).filter(
          ({ action }) => action !== "s3:ListBucket",
        ),
      ];
    }
    case "AbortMultipartUpload":
      return [{ action: "s3:AbortMultipartUpload", resource: object }];
    case "ListParts":
      return [{ action: "s3:ListMultipartUploadParts", resource: object }];
    case "DeleteObject":
      return [
        {
          action: input.VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
          resource: object,
        },
      ];
    default:
      throw new Error(`Which permissions ${operation} needs is not in the table of this test`);
  }
}

/** `<LogicalId>` of a state machine's ARN, and the ARN of an execution or a Map Run of `<LogicalId>`. */
function inTemplate(arn: string, logicalIds: Record<string, string>): string {
  const [, , , , , kind = "", name = "", execution = ""] = arn.split(":");
  const [machine = "", label] = name.split("/");
  const logicalId = `<${logicalIds[machine] ?? machine}>`;
  if (kind === "stateMachine") return logicalId;
  const of = label === undefined ? logicalId : `${logicalId}/${label}`;
  return `arn:aws:states:REGION:ACCOUNT:${kind}:${of}:${execution}`;
}
