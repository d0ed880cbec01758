import { type ChildProcess, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { FargateTaskDefinition } from "aws-cdk-lib/aws-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containerImage } from "../../cdk/containerImage.ts";
import { openRunRecords, type RunRecords } from "../../functions/catalog/runRecords.ts";
import { handlers } from "../../functions/handlers/index.ts";
import type { FileState } from "../../functions/workflow.ts";
import { startSecretsManager } from "../lambda/secretsManager.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";

/** A busy machine takes a while to bundle the SDK. */
const BUNDLING_MILLISECONDS = 60_000;

let outdir: string;
/** What Docker would build the image from. */
let context: string;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), "image-"));
  const app = new App({ outdir });
  const stack = new Stack(app, "Image");
  new FargateTaskDefinition(stack, "Task").addContainer("Container", { image: containerImage(stack) });
  app.synth();
  const { dockerImages } = JSON.parse(await readFile(join(outdir, "Image.assets.json"), "utf8"));
  const [image] = Object.values<{ source: { directory: string } }>(dockerImages);
  context = join(outdir, image?.source.directory ?? "");
}, BUNDLING_MILLISECONDS);
afterAll(() => rm(outdir, { recursive: true }));

const RUN = "in-a-container";

/** A file that was handed over, in the record that tells of it. */
async function handOver({
  services,
  s3Client,
}: Workflow): Promise<{ records: RunRecords; state: FileState }> {
  const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.vmdk"] };
  const { item, files } = await handlers.ResolveItem({ run: RUN, input }, services);
  const [file] = files;
  if (file === undefined) throw new Error("The item has such a file");
  const transfer = { done: false as const, cursor: null, result: null };
  const session = await handlers.PrepareFile({ item, file, session: null, transfer }, services);
  const state = { item, file, session, transfer };
  const records = openRunRecords({ s3: s3Client, bucket: BUCKET }, "", RUN);
  const record = await records.read(file.index);
  if (record === undefined) throw new Error("PrepareFile writes the record first");
  await records.write({ ...record, container: { state, outcome: null } });
  return { records, state };
}

/** Runs the program of the image, with nothing in its environment but what the task definition and the state give. */
function startContainer(workflow: Workflow, secretsManager: string, runToMove = RUN) {
  const { accessKeyId, secretAccessKey } = workflow.s3.credentials;
  const child = execFile(process.execPath, [join(context, "main.mjs")], {
    cwd: outdir,
    env: {
      LIBRARY_EXPORT_BUCKET: BUCKET,
      POWERTOOLS_SERVICE_NAME: "library-export-test",
      LIBRARY_EXPORT_TASK_RUN: runToMove,
      LIBRARY_EXPORT_TASK_BUCKET: BUCKET,
      LIBRARY_EXPORT_TASK_PREFIX: "",
      LIBRARY_EXPORT_TASK_FILE: "0",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_S3: workflow.s3.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  return { child, exited: exitOf(child) };
}

async function exitOf(child: ChildProcess): Promise<{ code: number; output: string }> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  return { code, output };
}

async function startAll(behaviour: object = {}) {
  const workflow = await startWorkflow({ behaviour: { leaseSeconds: 86_400, ...behaviour } });
  const { name: _name, ...profile } = await workflow.services.profile("lab");
  const manager = await startSecretsManager({ "library-export/vcenter/lab": JSON.stringify(profile) });
  return {
    workflow,
    manager,
    password: profile.password,
    async [Symbol.asyncDispose]() {
      await workflow[Symbol.asyncDispose]();
      await manager[Symbol.asyncDispose]();
    },
  };
}

test("the image is made of a program and a Dockerfile, and nothing else", async () => {
  expect((await readdir(context)).sort()).toEqual(["Dockerfile", "main.mjs", "main.mjs.map"]);
});

test("the program moves the file that was handed over, and leaves its result in the record", async () => {
  await using all = await startAll();
  const { workflow, manager, password } = all;
  const { records, state } = await handOver(workflow);

  const { exited } = startContainer(workflow, manager.url);
  const { code, output } = await exited;
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("Logged in to vCenter") });
  expect(output).not.toContain(password);
  // CloudWatch Logs makes metrics of such a line, as of those of functions.
  const metrics = output.split("\n").find((line) => line.includes('"_aws"'));
  expect(JSON.parse(metrics ?? "")).toMatchObject({
    service: "library-export-test",
    TransferSeconds: expect.any(Number),
    _aws: { CloudWatchMetrics: [{ Namespace: "LibraryExport", Dimensions: [["service"]] }] },
  });

  const { body, metadata } = await workflow.object(state.file.key);
  const value = createHash("sha256").update(body).digest("hex");
  expect(metadata.checksum).toBe(value);
  const record = await records.read(0);
  expect(record?.container?.outcome).toEqual({
    error: null,
    result: expect.objectContaining({ status: "EXPORTED", key: state.file.key, size: body.length }),
  });
  expect(workflow.vcenter.openLogins()).toEqual([]);
});

test("a task that is stopped aborts its upload and tells so", async () => {
  await using all = await startAll({ bytesPerSecond: 2 * 1024 * 1024 });
  const { workflow, manager } = all;
  const { records } = await handOver(workflow);

  const { child, exited } = startContainer(workflow, manager.url);
  await expect
    .poll(() => workflow.vcenter.transfers.length, { interval: 10, timeout: 20_000 })
    .toBeGreaterThan(0);
  child.kill("SIGTERM");
  expect(await exited).toMatchObject({ code: 0 });

  expect((await records.read(0))?.container?.outcome?.error).toMatchObject({
    name: "ContainerFailed",
    message: expect.stringContaining("stopped"),
  });
  expect(workflow.s3.openUploads()).toEqual([]);
  expect(workflow.vcenter.openLogins()).toEqual([]);
});

test("a task to which nothing was handed over crashes, and says why", async () => {
  await using all = await startAll();
  const { exited } = startContainer(all.workflow, all.manager.url, "another");
  const { code, output } = await exited;
  expect(code).not.toBe(0);
  expect(output).toContain('File 0 of the run "another" was not handed over to a container');
});
