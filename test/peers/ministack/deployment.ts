import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { LibrarySource } from "../../../simulators/vcenter/index.ts";
import { startVersitygw, type Versitygw } from "../versitygw/versitygw.ts";
import { Cdk, type Outputs } from "./cdk.ts";
import { type Execution, endOf, startExecution } from "./execution.ts";
import { type Ministack, REGION, startMinistack } from "./ministack.ts";
import { startWatchedVcenter, type WatchedVcenter } from "./watchedVcenter.ts";

/** The stack in an AWS of its own, the vCenter that its functions speak to, and the S3 that they write to. */
export interface Deployment extends WatchedVcenter {
  aws: Ministack;
  cdk: Cdk;
  outputs: Outputs;
  stepFunctions: SFNClient;
  /** The emulator's own S3, where the stack's bucket is. */
  emulatedS3: S3Client;
  /** Every execution whose end was waited for. */
  executions: Execution[];
  /** Makes a profile of the vCenter, as a user adds one: by a secret. */
  addProfile(name: string, fields?: Record<string, unknown>): Promise<void>;
  /** Starts an execution by the text of its input. Returns its ARN. */
  start(input: string): Promise<string>;
  /** Waits for the end of an execution. */
  end(arn: string): Promise<Execution>;
  /** Both. */
  run(input: string): Promise<Execution>;
  /** An exported object's bytes and user metadata. */
  object(key: string): Promise<{ body: Buffer; metadata: Record<string, string> }>;
  /** Keys of all objects. */
  keys(): Promise<string[]>;
  /** What no export may leave. */
  leftBehind(): Promise<LeftBehind>;
  /** Names of the buckets that the emulator has. */
  emulatedBuckets(): Promise<string[]>;
  close(): Promise<void>;
}

export interface LeftBehind {
  uploads: string[];
  recordsAndStagingObjects: string[];
  downloadSessions: number;
  logins: number;
}

/** Deploys the stack with what any user could set: whose S3 it uses, and that it need not ask who owns the bucket. */
export async function deploy(libraries: LibrarySource[]): Promise<Deployment> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    const watched = await startWatchedVcenter({ libraries });
    closing.push(watched.vcenter.close);
    const aws = await startMinistack();
    closing.push(aws.close);
    // Functions have the emulator's credentials, and no others can be given to them.
    const gateway = await startVersitygw("http", aws.credentials);
    closing.push(gateway.close);
    const cdk = new Cdk(aws, {
      api: "true",
      bucketOwner: "unchecked",
      environment: JSON.stringify({ AWS_ENDPOINT_URL_S3: gateway.url }),
    });
    await cdk.bootstrap();
    const outputs = await cdk.deploy();
    const { clients, destroy } = clientsOf(aws, gateway);
    closing.push(destroy);
    // The stack's bucket is the emulator's: the functions look for it where they were told to.
    const bucket = await bucketAt(clients.s3, outputs.BucketName);
    const executions: Execution[] = [];
    const start = (input: string) => startExecution(clients.stepFunctions, outputs.StateMachineArn, input);
    const end = async (arn: string) => {
      const execution = await endOf(clients.stepFunctions, arn);
      executions.push(execution);
      return execution;
    };
    return {
      ...watched,
      aws,
      cdk,
      outputs,
      stepFunctions: clients.stepFunctions,
      emulatedS3: clients.emulatedS3,
      executions,
      async addProfile(name, fields = {}) {
        const { url, username, password, thumbprint } = watched.vcenter;
        await clients.secrets.send(
          new CreateSecretCommand({
            Name: `${outputs.ProfileSecretPrefix}${name}`,
            SecretString: JSON.stringify({ url, username, password, thumbprint, ...fields }),
          }),
        );
      },
      start,
      end,
      run: async (input) => end(await start(input)),
      async emulatedBuckets() {
        const { Buckets = [] } = await clients.emulatedS3.send(new ListBucketsCommand());
        return Buckets.flatMap(({ Name }) => Name ?? []);
      },
      object: bucket.object,
      keys: bucket.keys,
      async leftBehind() {
        const keys = await bucket.keys();
        return {
          uploads: await bucket.uploads(),
          // Reports of syncs stay.
          recordsAndStagingObjects: keys.filter((key) => /\.library-export\/(?!reports\/)/.test(key)),
          downloadSessions: watched.vcenter.openDownloadSessions().length,
          logins: watched.vcenter.openLogins().length,
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function clientsOf(aws: Ministack, gateway: Versitygw) {
  const settings = { endpoint: aws.url, region: REGION, credentials: aws.credentials, maxAttempts: 1 };
  const clients = {
    stepFunctions: new SFNClient(settings),
    secrets: new SecretsManagerClient(settings),
    emulatedS3: new S3Client({ ...settings, forcePathStyle: true }),
    s3: gateway.client(),
  };
  return {
    clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

async function bucketAt(s3: S3Client, Bucket: string) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  return {
    async object(Key: string) {
      const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata };
    },
    async keys() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
    async uploads() {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.flatMap(({ Key }) => Key ?? []);
    },
  };
}
