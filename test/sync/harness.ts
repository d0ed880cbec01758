import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { SyncInput } from "../../functions/sync/input.ts";
import type { ItemOutcome } from "../../functions/sync/model.ts";
import type { SyncReport } from "../../functions/sync/report.ts";
import type { ExecutionEvent } from "../../local/events.ts";
import { type SyncExecution, startSync } from "../../local/syncEngine.ts";
import type { ItemSource, LibrarySource } from "../../simulators/vcenter/index.ts";
import { BUCKET, startWorkflow, type Workflow, type WorkflowSetup } from "../workflow/harness.ts";

export const LIBRARY = "Golden";

/** An item of one file whose content is its name. */
export function plainItem(name: string, content = name): ItemSource {
  return { name, type: "other", files: [{ name: `${name}.bin`, content: Buffer.from(content) }] };
}

/** An OVF of a descriptor and the disks that it references. */
export function ovfItem(name: string, disks = ["disk-0.vmdk"], referenced = disks): ItemSource {
  const references = referenced.map((disk) => `<File ovf:href="${disk}"/>`).join("");
  const descriptor =
    '<?xml version="1.0"?><Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" ' +
    `xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>${references}</References></Envelope>`;
  const files = disks.map((disk) => ({ name: disk, content: Buffer.from(`${name} ${disk}`) }));
  return { name, type: "ovf", files: [{ name: `${name}.ovf`, content: Buffer.from(descriptor) }, ...files] };
}

export function library(...items: ItemSource[]): LibrarySource {
  return { name: LIBRARY, items };
}

export interface Synced {
  report: SyncReport;
  /** The lines of the report, by the items' names. */
  items: Record<string, ItemOutcome>;
  /** Names of the states that were entered. */
  states: string[];
}

export interface SyncWorkflow extends Workflow {
  /** Mirrors the library "Golden" of vCenter "lab", unless `input` says otherwise. */
  sync(input?: Partial<SyncInput>): Promise<Synced>;
  /** The same without waiting for its end; `onEvent` is told of the sync's states, and of its exports' as well. */
  startSync(input?: Partial<SyncInput>, onEvent?: (event: ExecutionEvent) => void): SyncExecution;
  json(key: string): Promise<unknown>;
  /** Names of the files that left vCenter since the last call. */
  transfers(): string[];
  /** The operations that vCenter was asked for since the last call. */
  calls(): string[];
}

export async function startSyncWorkflow(
  items: ItemSource[],
  setup: WorkflowSetup = {},
): Promise<SyncWorkflow> {
  const workflow = await startWorkflow({ libraries: [library(...items)], ...setup });
  const { vcenter, s3Client, services } = workflow;
  const since = { transfers: 0, requests: 0 };

  async function json(key: string): Promise<unknown> {
    const { Body } = await s3Client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  }

  const start: SyncWorkflow["startSync"] = (input = {}, onEvent = () => {}) => {
    const named = input.libraryId === undefined ? { library: LIBRARY } : {};
    const timing = { wait: 0, retry: 0 };
    return startSync({
      input: { vcenter: "lab", ...named, ...input },
      services,
      timing,
      onEvent,
      onItemEvent: (_, event) => onEvent(event),
    });
  };

  return {
    ...workflow,
    startSync: start,
    async sync(input) {
      const states: string[] = [];
      const report = await start(input, ({ type, state }) => {
        if (type === "StateEntered") states.push(state);
      }).result;
      if (report.report === null) return { report, items: {}, states };
      // The test reads what the sync has written as JSON, of the shape of the report.
      const stored = (await json(report.report.key)) as { items: ItemOutcome[] };
      return { report, states, items: Object.fromEntries(stored.items.map((item) => [item.item, item])) };
    },
    json,
    transfers() {
      const made = vcenter.transfers.slice(since.transfers).map(({ fileName }) => fileName);
      since.transfers = vcenter.transfers.length;
      return made;
    },
    calls() {
      const made = vcenter.requests.slice(since.requests);
      since.requests = vcenter.requests.length;
      return made.map(({ operation }) => operation ?? "");
    },
  };
}
