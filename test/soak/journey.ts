import { AbortMultipartUploadCommand, DeleteObjectCommand } from "@aws-sdk/client-s3";
import { cleanUpRun } from "../../functions/export/cleanUp.ts";
import type { ExportInput } from "../../functions/input.ts";
import type { ExportReport } from "../../functions/workflow.ts";
import { startExport } from "../../local/engine.ts";
import { runCleanUp } from "../cleanup/cleanUpMachine.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import { leftoversOf, type Place, UPLOAD_WITHOUT_PARTS, unverifiedIn } from "../faults/leftovers.ts";
import { BUCKET, type Functions, type Workflow } from "../workflow/harness.ts";
import { type Disturbances, disturbancesOf } from "./disturbances.ts";
import { disturbedFunctions } from "./functions.ts";
import { Random } from "./random.ts";

export interface Item {
  name: string;
  files: ReadonlyMap<string, Buffer>;
}

/** What was seen of one export. */
export interface Seen {
  number: number;
  /** By the name of its error, else by its status. */
  outcome: string;
  /** Of its error; empty where it succeeded. */
  message: string;
  end: Disturbances["end"]["how"];
  /** What was left at its own end, and removed as by the sweep of a deployment. */
  swept: string[];
  /** What was left all the same, and what stood under a final key without being verified. */
  violations: string[];
  /** Processes that were killed in the middle of an invocation. */
  kills: number;
  /** Of an export with violations: a soak of hours is not to keep those of all. */
  disturbances?: Disturbances;
  /** Of the same: what vCenter was asked meanwhile about download sessions, by whomever, and what it answered. */
  asked?: string[];
}

/** More often than faults that meet everybody can spoil a sweep. */
const SWEEPS = 5;

/** Exports an item to a prefix of its own, while things go wrong for it; then looks what is left, and empties the prefix. */
export async function exportOnce(
  workflow: Workflow,
  item: Item,
  number: number,
  seed: number,
): Promise<Seen> {
  const random = new Random(seed * 1_000_003 + number);
  const place = { prefix: `soak/${number}/`, itemId: workflow.vcenter.itemId(item.name) };
  const disturbances = disturbancesOf(random, place.prefix, [...item.files.keys()]);
  const input: ExportInput = {
    vcenter: "lab",
    libraryItemId: place.itemId,
    destination: { prefix: place.prefix },
    maxConcurrency: 1 + random.below(3),
  };
  const askedBefore = workflow.vcenter.requests.length;
  let kills = 0;
  const scene = {
    workflow,
    libraryItemId: place.itemId,
    async stop() {},
    ended: Promise.resolve(),
    outlasting: [],
  };
  const functions = disturbedFunctions(disturbances, scene, () => {
    kills += 1;
  });
  const faultsOf = { vcenter: workflow.vcenter.behaviour, s3: workflow.s3 };
  faultsOf.vcenter.faults = [...faultsOf.vcenter.faults, ...disturbances.vcenter];
  faultsOf.s3.faults.push(...disturbances.s3);
  let ended: Ended;
  try {
    const { end } = disturbances;
    const atEvent = end.how === "by itself" ? Number.POSITIVE_INFINITY : end.atEvent;
    ended =
      end.how === "cut off"
        ? await cutOff(workflow, input, atEvent, functions)
        : await inThisProcess(workflow, input, atEvent, functions);
  } finally {
    faultsOf.vcenter.faults = faultsOf.vcenter.faults.filter(
      (fault) => !disturbances.vcenter.includes(fault),
    );
    const others = workflow.s3.faults.filter((fault) => !disturbances.s3.includes(fault));
    workflow.s3.faults.splice(0, workflow.s3.faults.length, ...others);
  }
  const swept = leftoversOf(workflow, place);
  const left = await sweep(workflow, place, ended.run);
  // Its id was in an answer that was lost, or in the memory of a process that was killed.
  const excused = kills > 0 || mayLoseAnUpload(disturbances) ? UPLOAD_WITHOUT_PARTS : undefined;
  const violations = [
    ...left.filter((what) => what !== excused),
    ...(await unverifiedIn(workflow, place, item.files)),
  ];
  await empty(workflow, place);
  return {
    number,
    outcome: ended.outcome,
    message: ended.message,
    end: disturbances.end.how,
    swept,
    violations,
    kills,
    ...(violations.length > 0 && { disturbances, asked: askedSince(workflow, askedBefore) }),
  };
}

function askedSince({ vcenter }: Workflow, before: number): string[] {
  const requests = vcenter.requests.slice(before).filter(({ operation }) => operation?.includes("session."));
  return requests.map(({ operation, path, status }) => `${operation} ${path} ${status}`);
}

interface Ended {
  /** Name of the execution. */
  run: string;
  outcome: string;
  message: string;
}

async function inThisProcess(
  workflow: Workflow,
  input: ExportInput,
  atEvent: number,
  functions: Functions,
): Promise<Ended> {
  let events = 0;
  const execution = startExport({
    input,
    services: workflow.services,
    functions,
    timing: { wait: 0, retry: 0 },
    onEvent() {
      events += 1;
      if (events === atEvent) void execution.stop();
    },
  });
  const report = await execution.result.catch((error: Error): Ending => ({ status: "FAILED", error }));
  return { run: execution.name, ...outcomeOf(report) };
}

async function cutOff(
  workflow: Workflow,
  input: ExportInput,
  atEvent: number,
  functions: Functions,
): Promise<Ended> {
  let events = 0;
  const running = startUncontrolled(
    workflow,
    (_event, { end }) => {
      events += 1;
      if (events === atEvent) end("ABORTED");
    },
    input,
    functions,
  );
  await running.ended;
  // What it cannot remove is left to the sweep.
  await runCleanUp(workflow.services, running).catch(() => {});
  await running.functionsEnded();
  const { report } = running.progress();
  const run = running.arn.slice(running.arn.lastIndexOf(":") + 1);
  return { run, ...(report ? outcomeOf(report) : { outcome: "Stopped", message: "" }) };
}

function outcomeOf({ error, status }: Ending): Omit<Ended, "run"> {
  return { outcome: error?.name ?? status, message: error?.message ?? "" };
}

type Ending = Pick<ExportReport, "status" | "error">;

async function sweep(workflow: Workflow, place: Place, run: string): Promise<string[]> {
  for (let time = 1; time <= SWEEPS && leftoversOf(workflow, place).length > 0; time += 1) {
    const { prefix } = place;
    await cleanUpRun({ vcenter: "lab", run, bucket: BUCKET, prefix }, workflow.services).catch(() => {});
  }
  return leftoversOf(workflow, place);
}

function mayLoseAnUpload({ s3 }: Disturbances): boolean {
  return s3.some(
    ({ operation, loseReply }) => loseReply && (operation === "CreateMultipartUpload" || operation === "*"),
  );
}

async function empty({ s3, s3Client }: Workflow, { prefix }: Place): Promise<void> {
  for (const { bucket, key, uploadId } of s3.openUploads().filter(({ key }) => key.startsWith(prefix))) {
    await s3Client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
  }
  for (const key of s3.objects(BUCKET).filter((key) => key.startsWith(prefix))) {
    await s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  }
}
