import type { FileProgress } from "../../functions/services.ts";
import type { SyncInput } from "../../functions/sync/input.ts";
import type { SyncReport } from "../../functions/sync/report.ts";
import { failedItemSchema, itemStateSchema } from "../../functions/sync/state.ts";
import type { ExecutionEvent } from "../engine.ts";
import { type LocalServicesOptions, localServices } from "../services.ts";
import { startSync } from "../syncEngine.ts";
import type { ExportView, FileChange } from "./view.ts";

export interface ShownSync {
  input: SyncInput;
  services: Omit<LocalServicesOptions, "progress">;
  view: ExportView;
}

/** Runs a sync, and shows each item as an export shows each file. Its report is the caller's to show. */
export async function showSync({ input, services, view }: ShownSync): Promise<SyncReport> {
  const items = new Map<string, ItemProgress>();
  try {
    const execution = startSync({
      input,
      services: localServices(services),
      onEvent(event) {
        const change = changeOf(event, items);
        if (change !== undefined) view.changed(change);
      },
      onItemEvent(libraryItemId, { type, state }) {
        const item = items.get(libraryItemId);
        if (item === undefined || type !== "StateEntered" || state !== "TransferFile" || item.isMoving)
          return;
        item.isMoving = true;
        view.changed({ index: item.index, name: item.name, phase: "TRANSFERRING" });
      },
      onItemProgress(libraryItemId, progress) {
        const item = items.get(libraryItemId);
        if (item !== undefined) view.progressed(item.add(progress));
      },
    });
    return await execution.result;
  } finally {
    view.closed();
  }
}

/** The bytes of an item's files together. */
class ItemProgress {
  readonly index: number;
  readonly name: string;
  /** Whether one of the files is on its way, or was. */
  isMoving = false;
  readonly #files = new Map<number, FileProgress>();

  constructor(index: number, name: string) {
    this.index = index;
    this.name = name;
  }

  add(progress: FileProgress): FileProgress {
    this.#files.set(progress.index, progress);
    const files = [...this.#files.values()];
    const isKnown = files.every(({ totalBytes }) => totalBytes !== undefined);
    return {
      index: this.index,
      name: this.name,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      totalBytes: isKnown ? files.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0) : undefined,
    };
  }
}

function changeOf({ type, state, input }: ExecutionEvent, items: Map<string, ItemProgress>) {
  if (type !== "StateEntered") return undefined;
  const item = itemStateSchema.safeParse(input).data?.item;
  if (item === undefined) return undefined;
  const { index, name } = item;
  const change = (phase: FileChange["phase"], reason?: string): FileChange => {
    return { index, name, phase, ...(reason !== undefined && { reason }) };
  };
  if (state === "AdmitItem") {
    items.set(item.libraryItemId, new ItemProgress(index, name));
    return change("PREPARING");
  }
  if (state === "ItemDone")
    return change(textAt(input, "exported", "status") === "UNCHANGED" ? "UNCHANGED" : "EXPORTED");
  if (state === "ItemFailed") return change("FAILED", textAt(input, "error", "name"));
  if (state === "ItemFailedUnexplained")
    return change("FAILED", failedItemSchema.safeParse(input).data?.failure.Error);
  return undefined;
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>((inner, name) => {
    return typeof inner === "object" && inner !== null ? new Map(Object.entries(inner)).get(name) : undefined;
  }, value);
  return typeof found === "string" ? found : undefined;
}
