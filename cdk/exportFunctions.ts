import { Aws, Names } from "aws-cdk-lib";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { InvalidInput } from "../functions/errors.ts";
import type { EnvironmentVariable } from "../functions/lambda/environment.ts";
import { ContainerRoute } from "./containerRoute.ts";
import { type ContainerFunctionName, type FunctionName, functionTimeout } from "./definition.ts";
import { functionCode } from "./functionCode.ts";
import type { ExportFunctionsProps } from "./libraryExportProps.ts";
import { Network, networkInterfaceStatement } from "./network.ts";
import { type AccessingFunction, s3Statements } from "./s3Access.ts";
import { objectKeyStatements, profileStatements } from "./secretAccess.ts";
import { FUNCTION_MEMORY_MIB, TRANSFER_CONCURRENCY, TRANSFER_MEMORY_MIB } from "./sizes.ts";
import { WorkflowFunction, type WorkflowFunctionProps } from "./workflowFunction.ts";

/** In the order of the workflow. */
const DESCRIPTIONS: Record<FunctionName, string> = {
  ResolveItem: "Finds the library item and decides what is to be done for each of its files",
  PrepareFile: "Opens a download session and asks vCenter to prepare a file",
  PollFile: "Asks for the status of a file that vCenter prepares",
  TransferFile: "Streams a file from vCenter to S3 and publishes it once it is verified",
  CompleteFile: "Ends the download session of an exported file",
  AbortFile: "Removes what a file that failed has opened",
  FinishItem: "Writes the item's manifest and makes the report",
};

const CONTAINER_FUNCTION: ContainerFunctionName = "ReadContainerResult";

/** Functions that write no object. */
const READERS: AccessingFunction[] = ["ResolveItem", "ReadContainerResult", "AdmitItem", "Api"];

/** Functions that have nothing to do with vCenter. */
const WITHOUT_VCENTER: AccessingFunction[] = [
  "ReadContainerResult",
  "AdmitItem",
  "ExplainFailure",
  "RecordPage",
  "FinishSync",
  "CleanUpSync",
  "Api",
];

/**
 * The functions of the workflow: settings, code and permissions, each with no more than it needs. With them the
 * container route, where it is wanted.
 */
export class ExportFunctions extends Construct {
  readonly byName: Record<FunctionName, LambdaFunction>;
  readonly containerRoute?: ContainerRoute;
  /** The dimension of the functions' metrics. */
  readonly serviceName: string;
  /** What every function has, whoever calls it. */
  readonly #common: Pick<WorkflowFunctionProps, "environment" | "logRetention" | "statements"> &
    Partial<Network["functionOptions"]>;
  readonly #props: ExportFunctionsProps;

  constructor(scope: Construct, id: string, props: ExportFunctionsProps) {
    super(scope, id);
    this.#props = props;
    // The keys of a Record are all of its type's.
    const names = Object.keys(DESCRIPTIONS) as FunctionName[];
    const network = props.network && new Network(this, "Network", props.network);
    const code = functionCode(this, props.containerRoute ? [...names, CONTAINER_FUNCTION] : names);
    this.serviceName = Names.uniqueResourceName(this, { maxLength: 64 });
    const environment = { POWERTOOLS_SERVICE_NAME: this.serviceName, ...environmentOf(props) };
    const logRetention = props.logRetention ?? RetentionDays.SIX_MONTHS;
    this.#common = {
      environment,
      logRetention,
      statements: network ? [networkInterfaceStatement()] : [],
      ...network?.functionOptions,
    };

    const create = (name: FunctionName | ContainerFunctionName, description: string): LambdaFunction => {
      const isTransfer = name === "TransferFile";
      const reserved = props.transferConcurrency ?? TRANSFER_CONCURRENCY;
      return new WorkflowFunction(this, name, {
        ...this.#common,
        description,
        code: code(name),
        timeout: functionTimeout(name),
        memorySize: isTransfer ? (props.transferMemoryMiB ?? TRANSFER_MEMORY_MIB) : FUNCTION_MEMORY_MIB,
        ...(isTransfer && reserved !== "unreserved" && { reservedConcurrentExecutions: reserved }),
        statements: [...this.accessOf(name), ...this.#common.statements],
      }).function;
    };
    // As for `names`.
    this.byName = Object.fromEntries(
      names.map((name) => [name, create(name, DESCRIPTIONS[name])]),
    ) as typeof this.byName;
    if (!props.containerRoute) return;
    if (!network) {
      throw new InvalidInput("containerRoute: containers run in a VPC: name the one that reaches vCenter");
    }
    this.containerRoute = new ContainerRoute(this, "ContainerRoute", {
      network,
      environment,
      logRetention,
      statements: this.accessOf("TransferFile"),
      readResult: create(CONTAINER_FUNCTION, "Reads what the container of a file has left of it"),
    });
  }

  /** What a function may do with the buckets, their keys, and the secrets of the profiles. */
  accessOf(name: AccessingFunction): PolicyStatement[] {
    const props = this.#props;
    const buckets = s3Statements(name, placesOf(props));
    // It lists records, and reads none.
    if (name === "SweepRuns") return buckets;
    return [
      ...buckets,
      ...objectKeyStatements(keysOf(props), { write: !READERS.includes(name) }),
      ...(WITHOUT_VCENTER.includes(name)
        ? []
        : profileStatements(this, profileSecretPrefix(props), props.profileSecretsKey)),
    ];
  }

  /** Adds a function that no state of the export calls, with the settings of those. */
  add(scope: Construct, name: string, props: AddedFunctionProps): LambdaFunction {
    const { environment, statements } = this.#common;
    return new WorkflowFunction(scope, name, {
      memorySize: FUNCTION_MEMORY_MIB,
      ...this.#common,
      ...props,
      code: functionCode(scope, [name])(name),
      environment: { ...environment, ...props.environment },
      statements: [...props.statements, ...statements],
    }).function;
  }
}

export interface AddedFunctionProps
  extends Pick<WorkflowFunctionProps, "description" | "timeout" | "statements"> {
  /** Besides the variables that every function has. */
  readonly environment?: Record<string, string>;
}

export function profileSecretPrefix({ profileSecrets }: ExportFunctionsProps): string {
  return `${profileSecrets ?? "library-export/vcenter"}/`;
}

function environmentOf(props: ExportFunctionsProps): Record<string, string> {
  const { bucketOwner = Aws.ACCOUNT_ID, stagingBucket, storageClass, kmsKey, objectTags } = props;
  const settings: Partial<Record<EnvironmentVariable, string | undefined>> = {
    LIBRARY_EXPORT_PROFILE_SECRETS: profileSecretPrefix(props),
    LIBRARY_EXPORT_BUCKET: props.bucket.bucketName,
    LIBRARY_EXPORT_PREFIX: props.defaultPrefix,
    LIBRARY_EXPORT_ALLOWED_BUCKETS: props.destinationBuckets?.map(({ bucketName }) => bucketName).join(","),
    LIBRARY_EXPORT_BUCKET_OWNER: bucketOwner === "unchecked" ? undefined : bucketOwner,
    LIBRARY_EXPORT_STAGING_BUCKET: stagingBucket?.bucketName,
    LIBRARY_EXPORT_STORAGE_CLASS: storageClass,
    LIBRARY_EXPORT_KMS_KEY_ID: kmsKey?.keyArn,
    LIBRARY_EXPORT_OBJECT_TAGS: objectTags && JSON.stringify(objectTags),
    LIBRARY_EXPORT_PART_SIZE_BYTES: props.partSize?.toBytes().toString(),
    LIBRARY_EXPORT_PREPARE_TIMEOUT_SECONDS: props.prepareTimeout?.toSeconds().toString(),
    LIBRARY_EXPORT_CONTAINER_ROUTE: props.containerRoute?.toString(),
    LIBRARY_EXPORT_SIGN_PAYLOADS: props.signPayloads?.toString(),
  };
  const set = Object.entries(settings).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return { ...Object.fromEntries(set), ...props.environment };
}

function placesOf({ bucket, destinationBuckets = [], stagingBucket, objectTags }: ExportFunctionsProps) {
  return {
    destinations: [bucket, ...destinationBuckets],
    ...(stagingBucket && { staging: stagingBucket }),
    tagged: objectTags !== undefined,
  };
}

function keysOf({ kmsKey, bucket, destinationBuckets = [], stagingBucket }: ExportFunctionsProps) {
  const keys = [kmsKey, ...[bucket, ...destinationBuckets, stagingBucket].map((used) => used?.encryptionKey)];
  return [...new Set(keys)].filter((key) => key !== undefined);
}
