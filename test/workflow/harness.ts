import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { type ExportSettings, parseProfile } from "../../functions/config.ts";
import type { ExportInput } from "../../functions/input.ts";
import type { Services } from "../../functions/services.ts";
import { createS3Client, type S3ClientOptions } from "../../functions/transfer/s3/uploadClient.ts";
import type { ExportReport } from "../../functions/workflow.ts";
import {
  type ExecutionEvent,
  type ExportExecution,
  type StartExportOptions,
  startExport,
} from "../../local/engine.ts";
import { localServices } from "../../local/services.ts";
import { type S3Options, type S3Simulator, startS3 } from "../../simulators/s3/index.ts";
import {
  type Behaviour,
  type LibrarySource,
  startVcenter,
  type VcenterSimulator,
} from "../../simulators/vcenter/index.ts";
import { type TestClock, testClock } from "./testClock.ts";

export const BUCKET = "exports";
const MiB = 1024 * 1024;

/** An OVF item of two files: one that fits a single PutObject, one that is uploaded in two parts. */
export const ubuntu: LibrarySource = {
  name: "Golden images",
  items: [
    {
      name: "ubuntu",
      type: "ovf",
      files: [
        { name: "disk-0.vmdk", content: { size: 6 * MiB, seed: "disk-0" } },
        { name: "ubuntu.ovf", content: Buffer.from("<Envelope/>") },
      ],
    },
  ],
};

export interface WorkflowSetup {
  libraries?: LibrarySource[];
  behaviour?: Partial<Behaviour>;
  settings?: Partial<ExportSettings>;
  /** Fields of the vCenter profile "lab". */
  profile?: Record<string, unknown>;
  s3?: Partial<S3Options>;
  s3Client?: Pick<S3ClientOptions, "silenceMilliseconds">;
  /** Stand for the workflow's functions. */
  functions?: Functions;
}

export type Functions = NonNullable<StartExportOptions["functions"]>;

/** What an execution did. */
export interface Finished {
  report: ExportReport;
  /** Names of the states outside the files' parts, in the order in which they were entered. */
  states: string[];
  /** The same for one file. */
  statesOf(fileName: string): string[];
  events: ExecutionEvent[];
}

export interface Workflow extends AsyncDisposable {
  vcenter: VcenterSimulator;
  s3: S3Simulator;
  s3Client: S3Client;
  services: Services;
  clock: TestClock;
  /** Runs an export of item "ubuntu" of library "Golden images" from vCenter "lab", unless `input` says otherwise. */
  run(input?: Partial<ExportInput>): Promise<Finished>;
  /** The same without waiting for its end. `onEvent` may be used to let things happen in the middle. */
  start(
    input?: Partial<ExportInput>,
    onEvent?: (event: ExecutionEvent) => void,
  ): ExportExecution & { finished: Promise<Finished> };
  /** An exported object's bytes and user metadata. */
  object(key: string): Promise<{ body: Buffer; metadata: Record<string, string> }>;
  /** Keys of the objects, without the program's own records. */
  keys(): string[];
}

/**
 * Starts both simulators and wires them to the real workflow: the state machine, the handlers, sockets. Time runs
 * fifty times as fast, and the waits of the state machine take none.
 */
export async function startWorkflow(setup: WorkflowSetup = {}): Promise<Workflow> {
  const clock = testClock();
  const directory = await mkdtemp(join(tmpdir(), "workflow-"));
  const vcenter = await startVcenter({
    libraries: setup.libraries ?? [ubuntu],
    behaviour: { ...setup.behaviour },
    now: clock.now,
  });
  const s3 = await startS3({ directory, buckets: [BUCKET], ...setup.s3 });
  const s3Client = createS3Client({
    ...setup.s3Client,
    endpoint: s3.url,
    region: s3.region,
    credentials: s3.credentials,
  });
  const { url, username, password, certificate } = vcenter;
  const profile = parseProfile("lab", {
    url,
    username,
    password,
    caBundle: certificate,
    ...setup.profile,
  });
  const services = localServices({
    profiles: [profile],
    s3: s3Client,
    clock,
    settings: {
      defaultBucket: BUCKET,
      partSizeBytes: 5 * MiB,
      prepareTimeoutSeconds: 600,
      ...setup.settings,
    },
  });

  const start: Workflow["start"] = (input = {}, onEvent = () => {}) => {
    const events: ExecutionEvent[] = [];
    const named =
      input.libraryItemId === undefined && input.library === undefined
        ? { library: "Golden images", item: "ubuntu" }
        : {};
    const execution = startExport({
      input: { vcenter: "lab", ...named, ...input },
      services,
      ...(setup.functions && { functions: setup.functions }),
      timing: { wait: 0, retry: 0 },
      onEvent(event) {
        events.push(event);
        // What the state machine waits for does pass.
        if (event.type === "StateEntered" && event.state === "WaitForPreparation")
          clock.advance(waitOf(event));
        onEvent(event);
      },
    });
    return { ...execution, finished: execution.result.then((report) => finished(report, events)) };
  };

  return {
    vcenter,
    s3,
    s3Client,
    services,
    clock,
    start,
    run: (input) => start(input).finished,
    keys: () => s3.objects(BUCKET).filter((key) => !key.includes(".library-export/")),
    async object(key) {
      const place = { Bucket: BUCKET, Key: key };
      const { Metadata = {} } = await s3Client.send(new HeadObjectCommand(place));
      const { Body } = await s3Client.send(new GetObjectCommand(place));
      return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata };
    },
    async [Symbol.asyncDispose]() {
      s3Client.destroy();
      await Promise.all([vcenter.close(), s3.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** However an export ended: no open upload, no staging object, no run record, no download session, no log-in. */
export function expectNothingLeft({ vcenter, s3 }: Pick<Workflow, "vcenter" | "s3">): void {
  const own = s3.objects(BUCKET).filter((key) => key.includes(".library-export/"));
  expect({
    openUploads: s3.openUploads(),
    recordsAndStagingObjects: own,
    downloadSessions: vcenter.openDownloadSessions().map(({ id }) => id),
    logins: vcenter.openLogins().length,
  }).toEqual({ openUploads: [], recordsAndStagingObjects: [], downloadSessions: [], logins: 0 });
}

function finished(report: ExportReport, events: ExecutionEvent[]): Finished {
  const entered = events.filter(({ type }) => type === "StateEntered");
  return {
    report,
    events,
    states: entered.filter(({ index }) => index === undefined).map(({ state }) => state),
    statesOf: (name) => entered.filter(({ fileName }) => fileName === name).map(({ state }) => state),
  };
}

function waitOf({ input }: ExecutionEvent): number {
  // The state's input, which the event has as the JSON that it is.
  const { session } = input as { session: { waitSeconds: number } };
  return session.waitSeconds * 1000;
}
