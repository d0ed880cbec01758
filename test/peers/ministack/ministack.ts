import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pythonFolder } from "../install/python.ts";
import { freePort, startPeer } from "../peerProcess.ts";
import { PEERS } from "../peers.ts";

export const REGION = "us-east-1";
export const ACCOUNT = "000000000000";

export interface Ministack {
  url: string;
  /** As its functions have them, too: it takes an access key for the number of an account. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** All that a program's environment needs to meet this AWS, and no other. */
  environment: Record<string, string>;
  /**
   * Asks a service that speaks JSON, for those whose client is no dependency of ours.
   * @param operation with the service's prefix: `Logs_20140328.DescribeLogGroups`
   */
  ask<Answer>(operation: string, input?: unknown): Promise<Answer>;
  functions(): Promise<FunctionConfiguration[]>;
  close(): Promise<void>;
}

/** The part of Lambda's FunctionConfiguration that is looked at. */
export interface FunctionConfiguration {
  FunctionName: string;
  Runtime: string;
  Architectures: string[];
  /** Seconds. */
  Timeout: number;
  /** MiB. */
  MemorySize: number;
}

/** Starts ministack, which keeps everything in memory and in a temporary folder that is gone when it is closed. */
export async function startMinistack(): Promise<Ministack> {
  const directory = await mkdtemp(join(tmpdir(), "ministack-"));
  const [temporary, home] = [join(directory, "tmp"), join(directory, "home")];
  await Promise.all([mkdir(temporary), mkdir(home)]);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: randomBytes(20).toString("hex") };
  const everyone = {
    // Functions run on the first node there is: the one that this test runs on.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const server = await startPeer(
    join(pythonFolder("ministack", PEERS.ministack.python.packages), "bin/python"),
    ["-m", "ministack"],
    {
      environment: {
        ...everyone,
        BIND_HOST: "127.0.0.1",
        MINISTACK_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        SFTP_ENABLED: "0",
        IOT_MTLS_ENABLED: "0",
        // Seconds of Wait states and between tries take milliseconds.
        SFN_WAIT_SCALE: "0.005",
      },
      ready: async () => (await fetch(`${url}/_ministack/ready`)).ok,
    },
  );
  return {
    url,
    credentials,
    environment: {
      ...everyone,
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: "true",
    },
    async ask(operation, input = {}) {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": operation },
        body: JSON.stringify(input),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${text}`);
      return text === "" ? {} : JSON.parse(text);
    },
    async functions() {
      const answer = await fetch(`${url}/2015-03-31/functions/`);
      const { Functions }: { Functions: FunctionConfiguration[] } = JSON.parse(await answer.text());
      return Functions;
    },
    async close() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
