import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import type { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DeploymentDenied, DeploymentNotFound, DeploymentUnavailable } from "../functions/errors.ts";
import type { Executions, SyncExecutions } from "../functions/executions/executions.ts";
import { stepFunctionsExecutions, stepFunctionsSyncs } from "../functions/executions/stepFunctions.ts";
import { isConnectionError } from "../functions/executions/stepFunctionsErrors.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { openS3 } from "./s3.ts";
import { variable } from "./streams.ts";

/** A deployment as the commands use it: its executions, and the buckets with their run records and reports. */
export interface Deployment extends Disposable {
  /** Absent where the options name the state machine of syncs alone. */
  executions?: Executions;
  /** Absent where the options name the state machine of exports alone, or the stack is too old to have syncs. */
  syncs?: SyncExecutions;
  s3: S3Client;
}

/**
 * Finds the deployment, with region and credentials by the usual AWS rules.
 * @throws InvalidInput without region or credentials
 * @throws DeploymentNotFound, DeploymentDenied, DeploymentUnavailable
 */
export async function openDeployment(
  options: DeploymentOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Deployment> {
  const named = options.stateMachineArn ?? options.syncStateMachineArn;
  const region = named?.split(":")[3];
  // Looks for region and credentials, and says what is missing.
  const s3 = await openS3(
    { s3Endpoint: variable(environment, "AWS_ENDPOINT_URL_S3") },
    { ...(region !== undefined && { AWS_DEFAULT_REGION: region }), ...environment },
  );
  const { stateMachineArn, syncStateMachineArn } =
    named === undefined ? arnsIn(await describeStack(options.stack, s3), options.stack) : options;
  const client = new SFNClient({ region: region ?? s3.config.region, credentials: s3.config.credentials });
  return {
    ...(stateMachineArn !== undefined && { executions: stepFunctionsExecutions(client, stateMachineArn) }),
    ...(syncStateMachineArn !== undefined && { syncs: stepFunctionsSyncs(client, syncStateMachineArn) }),
    s3,
    [Symbol.dispose]() {
      client.destroy();
      s3.destroy();
    },
  };
}

/** @throws DeploymentNotFound */
export function exportsOf({ executions }: Deployment): Executions {
  return executions ?? unnamed("exports", "--state-machine-arn");
}

/** @throws DeploymentNotFound */
export function syncsOf({ syncs }: Deployment): SyncExecutions {
  return syncs ?? unnamed("syncs", "--sync-state-machine-arn");
}

function unnamed(what: string, option: string): never {
  throw new DeploymentNotFound(
    `No state machine for ${what} is known: name it by ${option}, or by --stack a stack of this version`,
  );
}

type StateMachineArns = Pick<DeploymentOptions, "stateMachineArn" | "syncStateMachineArn">;

/** A stack of an older version has no syncs. */
function arnsIn(stack: Stack, name: string): StateMachineArns {
  const stateMachineArn = outputOf(stack, "StateMachineArn", name);
  const syncStateMachineArn = findOutput(stack, "SyncStateMachineArn");
  return { stateMachineArn, ...(syncStateMachineArn !== undefined && { syncStateMachineArn }) };
}

/** @throws DeploymentNotFound, DeploymentDenied, DeploymentUnavailable */
export async function describeStack(name: string, { config }: S3Client): Promise<Stack> {
  const client = new CloudFormationClient({ region: config.region, credentials: config.credentials });
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (stack === undefined) throw noSuchStack(name, await config.region());
    return stack;
  } catch (error) {
    throw error instanceof Error ? toStackError(error, name, await config.region()) : error;
  } finally {
    client.destroy();
  }
}

/** @throws DeploymentNotFound when the stack is of something else */
export function outputOf(stack: Stack, key: string, name: string): string {
  const value = findOutput(stack, key);
  if (value !== undefined) return value;
  throw new DeploymentNotFound(
    `The stack "${name}" has no output ${key}: it is not library-export's, or of an older version of it`,
  );
}

function findOutput(stack: Stack, key: string): string | undefined {
  return stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
}

/** CloudFormation has no name of its own for a stack that does not exist. */
function toStackError(error: Error, name: string, region: string): Error {
  const words = `(${error.name}: ${error.message})`;
  if (error.name === "ValidationError") return noSuchStack(name, region, error);
  if (/AccessDenied|UnrecognizedClient|InvalidClientToken|Signature|ExpiredToken/.test(error.name)) {
    return new DeploymentDenied(
      `These credentials may not look up the stack "${name}" with cloudformation:DescribeStacks ${words}: ` +
        "have it allowed, or name the state machine by --state-machine-arn",
      { cause: error },
    );
  }
  if (isConnectionError(error) || /Throttling/.test(error.name) || "$fault" in error) {
    return new DeploymentUnavailable(`CloudFormation does not tell of the stack "${name}" now ${words}`, {
      cause: error,
    });
  }
  return error;
}

function noSuchStack(name: string, region: string, cause?: unknown): DeploymentNotFound {
  return new DeploymentNotFound(
    `There is no stack "${name}" in ${region}: check its name (--stack) and the region (AWS_REGION)`,
    { cause },
  );
}
