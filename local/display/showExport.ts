import { failedFileSchema, fileStateSchema } from "../../functions/export/events.ts";
import type { ExportInput } from "../../functions/input.ts";
import type { ExportReport } from "../../functions/workflow.ts";
import { type ExecutionEvent, startExport } from "../engine.ts";
import { type LocalServicesOptions, localServices } from "../services.ts";
import type { ExportView, FileChange, FilePhase } from "./view.ts";

export interface ShownExport {
  input: ExportInput;
  services: Omit<LocalServicesOptions, "progress">;
  view: ExportView;
}

/** Runs an export and shows it while it runs. Aborting the services' signal stops it; its report comes all the same. */
export async function showExport({ input, services, view }: ShownExport): Promise<ExportReport> {
  try {
    const execution = startExport({
      input,
      services: localServices({ ...services, progress: view.progressed }),
      onEvent(event) {
        const change = changeOf(event);
        if (change !== undefined) view.changed(change);
      },
    });
    const report = await execution.result;
    view.ended(report);
    return report;
  } catch (error) {
    view.closed();
    throw error;
  }
}

const PHASES: Record<string, FilePhase> = {
  PrepareFile: "PREPARING",
  TransferFile: "TRANSFERRING",
  FileExported: "EXPORTED",
  FileUnchanged: "UNCHANGED",
  FileRefused: "FAILED",
  FileFailed: "FAILED",
};

function changeOf({ type, state, index, fileName, input }: ExecutionEvent): FileChange | undefined {
  const phase = PHASES[state];
  if (type !== "StateEntered" || phase === undefined || index === undefined) return undefined;
  const reason = phase === "FAILED" ? reasonOf(input) : undefined;
  return { index, name: fileName ?? `file ${index}`, phase, ...(reason !== undefined && { reason }) };
}

function reasonOf(input: unknown): string | undefined {
  return (
    failedFileSchema.safeParse(input).data?.failure.Error ??
    fileStateSchema.safeParse(input).data?.file.error?.name
  );
}
