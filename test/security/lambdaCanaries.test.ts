import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startSecretsManager } from "../lambda/secretsManager.ts";
import { BUCKET, startWorkflow, type WorkflowSetup } from "../workflow/harness.ts";
import { Canaries } from "./canaries.ts";

const script = fileURLToPath(new URL("lambdaExport.ts", import.meta.url));

/** Runs an export by the functions that Lambda invokes, and returns their logs, traces and metrics, and the secrets. */
async function exportByLambda(logLevel: string, setup: WorkflowSetup = {}) {
  await using workflow = await startWorkflow({
    ...setup,
    behaviour: { leaseSeconds: 86_400, ...setup.behaviour },
  });
  const canaries = new Canaries(workflow.vcenter);
  const { name: _name, ...profile } = await workflow.services.profile("lab");
  await using manager = await startSecretsManager({ "library-export/vcenter/lab": JSON.stringify(profile) });
  const { accessKeyId, secretAccessKey } = workflow.s3.credentials;
  const daemon = createSocket("udp4");
  const traces: string[] = [];
  daemon.on("message", (message) => traces.push(message.toString()));
  daemon.bind(0, "127.0.0.1");
  await once(daemon, "listening");

  const child = spawn(process.execPath, [script], {
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ENDPOINT_URL_S3: workflow.s3.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
      LIBRARY_EXPORT_BUCKET: BUCKET,
      LIBRARY_EXPORT_PART_SIZE_BYTES: String(5 * 1024 * 1024),
      POWERTOOLS_SERVICE_NAME: "canaries",
      POWERTOOLS_LOG_LEVEL: logLevel,
      // By these the tracer knows that it is in Lambda.
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      LAMBDA_TASK_ROOT: "/var/task",
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
      _X_AMZN_TRACE_ID: "Root=1-5f84c7a5-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1",
    },
  });
  const outputs = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  child.stdin.end(
    JSON.stringify({ vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.vmdk"] }),
  );
  const [stdout, stderr, [exitCode]] = await outputs;
  daemon.close();
  return { logs: stdout + stderr, traces: traces.join("\n"), exitCode, canaries, secretAccessKey };
}

describe("no secret is in what Lambda's functions log, count and trace", () => {
  test.each(["DEBUG", "INFO", "ERROR"])("at the level %s", async (level) => {
    const { logs, traces, exitCode, canaries, secretAccessKey } = await exportByLambda(level);
    expect([exitCode, logs]).toEqual([0, expect.any(String)]);
    expect(logs).toContain('"BytesExported":6291456');
    expect(logs.includes('"level":"INFO"')).toBe(level !== "ERROR");
    expect(traces).toContain('"execution":"by-lambda"');
    expect([...canaries.kinds]).toContain("download URI");
    expect(canaries.foundIn(logs + traces)).toEqual([]);
    expect(logs + traces).not.toContain(secretAccessKey);
  });

  test("when a file fails", async () => {
    const { logs, traces, exitCode, canaries } = await exportByLambda("DEBUG", {
      behaviour: { faults: [{ on: "data", status: 403, times: 50 }] },
    });
    expect(exitCode).toBe(0);
    expect(logs).toContain("SourceRefused");
    expect(canaries.foundIn(logs + traces)).toEqual([]);
  });
});
