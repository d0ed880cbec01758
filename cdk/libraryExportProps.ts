import type { Duration, Size } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ApiOptions } from "./exportApi.ts";
import type { NetworkProps } from "./network.ts";
import type { ExportSchedule, SyncSchedule } from "./triggers.ts";

export interface LibraryExportProps {
  /**
   * Where exports go whose input names no bucket.
   * @default - a new one: versioned, private, TLS only, which is kept when the stack is deleted
   */
  readonly bucket?: IBucket;

  /**
   * Further buckets that an input may name.
   * @default - none
   */
  readonly destinationBuckets?: IBucket[];

  /**
   * Account that must own every bucket, 12 digits; `unchecked`: whichever it is.
   * @default - the account of the stack
   */
  readonly bucketOwner?: string;

  /**
   * Prefix of the keys of exports whose input names none.
   * @default "" - the bucket's root
   */
  readonly defaultPrefix?: string;

  /**
   * Where bytes wait whose checksum vCenter tells only afterwards. Needed when the destination has a default
   * retention (Object Lock). It should expire what is older than a week below `.library-export/staging/`.
   * @default - the destination bucket
   */
  readonly stagingBucket?: IBucket;

  /**
   * Key that encrypts the exported objects, and a new bucket.
   * @default - as the bucket has it
   */
  readonly kmsKey?: IKey;

  /**
   * Storage class of the exported objects, such as `STANDARD_IA`.
   * @default - STANDARD
   */
  readonly storageClass?: string;

  /**
   * Tags of the exported objects.
   * @default - none
   */
  readonly objectTags?: Record<string, string>;

  /**
   * Size of the parts of an upload, 5 MiB or more.
   * @default - 8 MiB, or what a larger file needs
   */
  readonly partSize?: Size;

  /**
   * Sign the bytes of every part although they travel over TLS, for buckets whose policy denies UNSIGNED-PAYLOAD.
   * @default false
   */
  readonly signPayloads?: boolean;

  /**
   * How long vCenter may take to prepare a file.
   * @default Duration.hours(24)
   */
  readonly prepareTimeout?: Duration;

  /**
   * The vCenter profile `lab` is the secret `<profileSecrets>/lab` in AWS Secrets Manager.
   * @default "library-export/vcenter"
   */
  readonly profileSecrets?: string;

  /**
   * Key that encrypts those secrets.
   * @default - the account's key of Secrets Manager
   */
  readonly profileSecretsKey?: IKey;

  /**
   * Memory of TransferFile in MiB; 1,769 are one processor.
   * @default 1769
   */
  readonly transferMemoryMiB?: number;

  /**
   * Files on their way at the same time, over all exports: concurrency that is reserved for TransferFile.
   * `unreserved`: as many as the account allows, as an account with a small quota needs it.
   * @default 10
   */
  readonly transferConcurrency?: number | "unreserved";

  /**
   * Move files that fit no invocation, because vCenter serves them without ranges, by containers: tasks on AWS
   * Fargate that cost only while they run. They run in the VPC of the functions, which must be given and lead to
   * Amazon ECR, CloudWatch Logs, Secrets Manager and S3; the deployment needs Docker, to build their image.
   * @default false - such a file is FileTooLargeForSource
   */
  readonly containerRoute?: boolean;

  /**
   * VPC that the functions run in.
   * @default - none: vCenter has a public address
   */
  readonly network?: NetworkProps;

  /**
   * Bus whose `Export Requested` and `Sync Requested` events start exports and syncs.
   * @default - the default bus
   */
  readonly eventBus?: IEventBus;

  /**
   * Exports that start by themselves, by name.
   * @default - none
   */
  readonly schedules?: Record<string, ExportSchedule>;

  /**
   * Syncs of whole libraries that start by themselves, by name.
   * @default - none
   */
  readonly syncSchedules?: Record<string, SyncSchedule>;

  /**
   * The HTTP API of docs/openapi.json, by API Gateway, for those whom IAM allows; `true`: with the defaults of its
   * options. It costs only while it is used.
   * @default false - exports start by events, schedules, the command line and the console
   */
  readonly api?: boolean | ApiOptions;

  /**
   * A topic that tells of failed exports and syncs, and of alarms.
   * @default false
   */
  readonly notifyFailures?: boolean;

  /**
   * An alarm when no export at all has succeeded for so long, in hours up to a week: for schedules.
   * @default - none
   */
  readonly expectSuccessWithin?: Duration;

  /**
   * How long the logs of functions and state machine are kept.
   * @default - 180 days
   */
  readonly logRetention?: RetentionDays;

  /**
   * How long a new bucket keeps replaced and deleted versions.
   * @default Duration.days(30)
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * Name of the state machine.
   * @default - chosen by CloudFormation
   */
  readonly stateMachineName?: string;

  /**
   * Further environment variables of the functions, such as AWS_ENDPOINT_URL_S3 for an S3-compatible store.
   * @default - none
   */
  readonly environment?: Record<string, string>;
}

/** What the functions need to know; the bucket is there. */
export type ExportFunctionsProps = LibraryExportProps & { readonly bucket: IBucket };
