import { randomUUID } from "node:crypto";
import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { recordsOf } from "../../functions/export/run.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";
import type { Services } from "../../functions/services.ts";
import type { FileState, ItemPlan } from "../../functions/workflow.ts";
import { BUCKET, type Workflow, type WorkflowSetup } from "../workflow/harness.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

type Name = keyof typeof handlers | keyof typeof syncHandlers;

/** Where exports go. */
export interface Buckets {
  /** Absent: staging objects are in the destination. */
  staging?: string;
  versioned: boolean;
}

export function workflowOf({ staging, versioned }: Buckets): Pick<WorkflowSetup, "s3" | "settings"> {
  return {
    s3: { buckets: staging === undefined ? [BUCKET] : [BUCKET, staging], versioned },
    settings: { ...(staging !== undefined && { stagingBucket: staging }) },
  };
}

/** Calls functions as their state machines do, each recorded under its own name. */
export class FunctionRuns {
  readonly #workflow: Workflow;
  readonly #calls: RecordedCalls;

  constructor(workflow: Workflow, calls: RecordedCalls) {
    this.#workflow = workflow;
    this.#calls = calls;
  }

  services<Given extends Services>(name: string, given: Given): Given {
    return this.#calls.services(name, this.#workflow, given);
  }

  /** @param change of the function's collaborators, this once */
  async call<Result>(name: Name, event: unknown, change: Partial<Services> = {}): Promise<Result> {
    const services = this.services(name, { ...this.#workflow.services, ...change });
    const handle = { ...handlers, ...syncHandlers }[name];
    // The tests read of a result what the state machine's next state would.
    return (await handle(event, services)) as Result;
  }

  /** A file of the sample item, prepared. */
  async prepared(include: string): Promise<FileState> {
    const run = `run-${randomUUID()}`;
    const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: [include] };
    const { item, files } = await this.call<Awaited<ReturnType<typeof handlers.ResolveItem>>>("ResolveItem", {
      run,
      input,
    });
    const [file] = files;
    if (file === undefined) throw new Error(`the sample has no ${include}`);
    const state: FileState = {
      item,
      file,
      session: null,
      transfer: { done: false, cursor: null, result: null },
    };
    state.session = await this.call("PrepareFile", state);
    state.session = await this.call("PollFile", state);
    return state;
  }

  /** TransferFile until it is done. */
  async transferred(state: FileState, change: Partial<Services> = {}): Promise<FileState> {
    let { transfer } = state;
    while (!transfer.done) transfer = await this.call("TransferFile", { ...state, transfer }, change);
    return { ...state, transfer };
  }

  /** What a function leaves that dies: uploads to the key and to a staging key, and an object at that. */
  async leaveBehind({ item, file }: Pick<FileState, "item" | "file">, stagingBucket: string): Promise<void> {
    const { s3Client, services } = this.#workflow;
    const records = recordsOf(item, services);
    const record = await records.read(file.index);
    if (record === undefined) throw new Error("PrepareFile writes the record first");
    const staging = { bucket: stagingBucket, key: `.library-export/staging/${item.run}/${file.index}` };
    const open = async ({ bucket, key }: { bucket: string; key: string }) => {
      const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key });
      const { UploadId: uploadId = "" } = await s3Client.send(command);
      return { bucket, key, uploadId };
    };
    const uploads = [await open({ bucket: BUCKET, key: file.key }), await open(staging)];
    await s3Client.send(new PutObjectCommand({ Bucket: staging.bucket, Key: staging.key, Body: "staged" }));
    await records.write({ ...record, uploads, staging });
  }
}

/** Collaborators by which vCenter refuses the log-in. */
export function refused({ profile }: Services): Pick<Services, "profile"> {
  // One password, or it would be taken for one that was changed, and tried.
  const password = randomUUID();
  return { profile: async (name) => ({ ...(await profile(name)), password }) };
}

/** What FinishItem is given for the files that came to an end. */
export function ended(item: ItemPlan, states: FileState[]) {
  return {
    run: item.run,
    input: {},
    resolved: { item, files: states.map(({ file }) => file) },
    results: states.flatMap(({ transfer }) => transfer.result ?? []),
    failure: null,
  };
}
