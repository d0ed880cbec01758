import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { recordsOf } from "../../functions/export/run.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { type Buckets, ended, FunctionRuns, refused, workflowOf } from "./functionRuns.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

const DISK = "disk-0.vmdk";
const SMALL = "ubuntu.ovf";
const LOCKOUT_MILLISECONDS = 10 * 60_000;
const FAILURE = { Error: "TransferInterrupted", Cause: "the connection broke" };

/** Runs the functions of an export through all that they are there for, in buckets with versions or without. */
export async function recordExports(calls: RecordedCalls, buckets: Buckets): Promise<void> {
  const { s3, settings } = workflowOf(buckets);
  await using workflow = await startWorkflow({ s3, settings: { ...settings, tags: { team: "images" } } });
  const runs = new FunctionRuns(workflow, calls);
  await exportWell(workflow, runs);
  await exportBadly(workflow, runs);
  await findLeftovers(runs, buckets.staging ?? BUCKET);
  await findLogInRefused(workflow, runs);
  await readWhatContainerLeft(workflow, runs);
}

/** Through staging; straight to the key, in several invocations; in one request. */
async function exportWell({ vcenter, s3Client }: Workflow, runs: FunctionRuns): Promise<void> {
  const short = { remainingMilliseconds: () => 16_000 };
  for (const [name, itemChecksum, change] of [
    [DISK, "never", {}],
    [DISK, "SHA256", short],
    [SMALL, "never", {}],
  ] as const) {
    vcenter.behaviour.itemChecksum = itemChecksum;
    const state = await runs.transferred(await runs.prepared(name), change);
    await runs.call("CompleteFile", state);
    await runs.call("FinishItem", ended(state.item, [state]));
    await s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: state.file.key }));
  }
}

/**
 * The upload is aborted by the function that opened it; or S3 does not say whether it published, or what the id of an
 * upload is.
 */
async function exportBadly({ vcenter, s3 }: Workflow, runs: FunctionRuns): Promise<void> {
  const key = `Golden images/ubuntu/${DISK}`;
  s3.faults.push({ operation: "CreateMultipartUpload", key, loseReply: true });
  s3.faults.push({ operation: "PutObject", key: "Golden images/ubuntu/ubuntu.ovf", status: 403 });
  await runs.transferred(await runs.prepared(SMALL)).catch(() => {});
  vcenter.behaviour.wrongSessionChecksums = [DISK];
  for (const itemChecksum of ["never", "SHA256"] as const) {
    vcenter.behaviour.itemChecksum = itemChecksum;
    const state = await runs.prepared(DISK);
    await runs.transferred(state).catch(() => {});
    await runs.call("AbortFile", { ...state, failure: FAILURE });
  }
  vcenter.behaviour.wrongSessionChecksums = [];
}

/** Each function that looks for what one left that died. */
async function findLeftovers(runs: FunctionRuns, staging: string): Promise<void> {
  const left = async () => {
    const state = await runs.prepared(DISK);
    await runs.leaveBehind(state, staging);
    return state;
  };
  await runs.transferred(await left());
  await runs.call("CompleteFile", await left());
  await runs.call("AbortFile", { ...(await left()), failure: FAILURE });
  const { item } = await left();
  await runs.call("FinishItem", ended(item, []));
}

/** Which is noted, so that no other state tries it. */
async function findLogInRefused({ clock, services }: Workflow, runs: FunctionRuns): Promise<void> {
  for (const name of ["PrepareFile", "PollFile", "TransferFile", "CompleteFile", "AbortFile"] as const) {
    // Or the account locks.
    clock.advance(LOCKOUT_MILLISECONDS);
    const state = await runs.prepared(DISK);
    await runs.call(name, { ...state, failure: FAILURE }, refused(services)).catch(() => {});
  }
  const { item } = await runs.prepared(DISK);
  await runs.call("FinishItem", ended(item, []), refused(services));
}

async function readWhatContainerLeft({ services }: Workflow, runs: FunctionRuns): Promise<void> {
  const state = await runs.prepared(DISK);
  const records = recordsOf(state.item, services);
  const record = await records.read(state.file.index);
  if (record === undefined) throw new Error("PrepareFile writes the record first");
  const error = { name: "ChecksumMismatch", message: "it differs" };
  await records.write({ ...record, container: { state, outcome: { result: null, error } } });
  await runs.call("ReadContainerResult", { ...state, failure: FAILURE }).catch(() => {});
  // One that was killed has left no word.
  await records.write({ ...record, container: { state, outcome: null } });
  await runs.call("ReadContainerResult", { ...state, failure: FAILURE }).catch(() => {});
}
