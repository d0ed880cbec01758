import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LibraryExportStack } from "../../cdk/libraryExportStack.ts";
import type { ProxyResult } from "../../functions/lambda/apiHandler.ts";
import type { FileState, PreparedFile, ResolvedItem, TransferState } from "../../functions/workflow.ts";
import { startSecretsManager } from "../lambda/secretsManager.ts";
import { BUCKET, startWorkflow } from "../workflow/harness.ts";
import { FUNCTION_NAMES, functionOf, resourceOf } from "./synthesis.ts";

let outdir: string;
let template: Template;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), "bundle-"));
  const app = new App({ outdir });
  const stack = new LibraryExportStack(app, "LibraryExport", { api: true });
  template = Template.fromStack(stack);
  // A machine that is busy with the other tests bundles slowly.
}, 60_000);
afterAll(() => rm(outdir, { recursive: true }));

type BundledFunction = (typeof FUNCTION_NAMES)[number] | "Api";

/** Where the function's code is, as it would be uploaded. */
function bundleOf(name: BundledFunction): string {
  const properties =
    name === "Api"
      ? resourceOf(template, "AWS::Lambda::Function", /ApiFunction/)
      : functionOf(template, name);
  const { S3Key } = properties.Code as { S3Key: string }; // as CDK writes it
  return join(outdir, `asset.${S3Key.replace(/\.zip$/, "")}`, "index.mjs");
}

interface Answer<Result> {
  result?: Result;
  errorType?: string;
  errorMessage?: string;
}

/** Invokes a function's bundle in a process of its own, with nothing in its environment but `environment`. */
async function invoke<Result>(
  name: BundledFunction,
  event: unknown,
  environment: Record<string, string>,
): Promise<{ answer: Answer<Result>; output: string }> {
  const script = fileURLToPath(new URL("invokeBundle.ts", import.meta.url));
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [script, bundleOf(name)],
      { env: { AWS_REGION: "us-east-1", ...environment }, cwd: outdir },
      (error, stdout, stderr) => (error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout)),
    );
    child.stdin?.end(JSON.stringify(event));
  });
  return { answer: JSON.parse(output.trim().split("\n").at(-1) ?? ""), output };
}

test.each(FUNCTION_NAMES)("the bundle of %s is whole, and its errors keep their names", async (name) => {
  // WHEN
  const { answer } = await invoke(name, {}, { LIBRARY_EXPORT_PART_SIZE_BYTES: "large" });
  // THEN
  expect(answer).toEqual({
    errorType: "InvalidInput",
    errorMessage: expect.stringContaining("LIBRARY_EXPORT_PART_SIZE_BYTES"),
  });
});

test("the bundles export a file, with nothing but their environment to go by", async () => {
  // GIVEN a vCenter, an S3, and a secret
  await using workflow = await startWorkflow({ behaviour: { leaseSeconds: 86_400 } });
  const { name: _name, ...profile } = await workflow.services.profile("lab");
  await using manager = await startSecretsManager({ "library-export/vcenter/lab": JSON.stringify(profile) });
  const { accessKeyId, secretAccessKey } = workflow.s3.credentials;
  const environment = {
    LIBRARY_EXPORT_BUCKET: BUCKET,
    AWS_ENDPOINT_URL_S3: workflow.s3.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const outputs: string[] = [];
  async function call<Result>(name: (typeof FUNCTION_NAMES)[number], event: unknown): Promise<Result> {
    const { answer, output } = await invoke<Result>(name, event, environment);
    outputs.push(output);
    if (answer.result === undefined) throw new Error(JSON.stringify(answer));
    return answer.result;
  }

  // WHEN the state machine's calls are made
  const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.vmdk"] };
  const resolved = await call<ResolvedItem>("ResolveItem", { run: "bundled", input });
  const { item, files } = resolved;
  const [file] = files;
  if (file === undefined) throw new Error("The item has no such file");
  const state: FileState = {
    item,
    file,
    session: null,
    transfer: { done: false, cursor: null, result: null },
  };
  const session = await call<PreparedFile>("PrepareFile", state);
  const transfer = await call<TransferState>("TransferFile", { ...state, session });
  await call("CompleteFile", { ...state, session, transfer });
  const results = [transfer.result];
  const report = await call("FinishItem", { run: "bundled", input, resolved, results, failure: null });

  // THEN
  const { body } = await workflow.object("Golden images/ubuntu/disk-0.vmdk");
  const value = createHash("sha256").update(body).digest("hex");
  expect(report).toMatchObject({
    status: "EXPORTED",
    files: [{ name: "disk-0.vmdk", size: 6 * 1024 * 1024, checksum: { algorithm: "SHA256", value } }],
  });
  expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  expect(workflow.vcenter.openLogins()).toEqual([]);
  // What goes to CloudWatch Logs
  const lines = outputs.flatMap((output) => output.trim().split("\n"));
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: "INFO", message: "Logged in to vCenter", vcenter: "lab" }),
  );
  expect(lines.join("\n")).not.toContain(profile.password);
});

test("the bundle of the API answers a request of API Gateway", async () => {
  // GIVEN
  const stateMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:export-item";
  const syncStateMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:sync-library";
  const event = { httpMethod: "POST", path: "/exports", requestContext: { path: "/prod/exports" }, body: "" };
  // WHEN
  const { answer } = await invoke<ProxyResult>("Api", event, {
    LIBRARY_EXPORT_STATE_MACHINE_ARN: stateMachine,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: syncStateMachine,
  });
  // THEN
  expect(answer.result).toMatchObject({
    statusCode: 415,
    headers: { "content-type": "application/problem+json", accept: "application/json" },
  });
});

test("source maps lead from a bundle to the sources, without their text", async () => {
  const map = JSON.parse(await readFile(`${bundleOf("TransferFile")}.map`, "utf8"));
  expect(map.sources).toContainEqual(expect.stringMatching(/functions\/transfer\/transfer\.ts$/));
  expect(map.sources.filter((source: string) => source.startsWith("/"))).toEqual([]);
  expect(map).not.toHaveProperty("sourcesContent");
});
