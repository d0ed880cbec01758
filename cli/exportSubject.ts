import { systemClock } from "../functions/clock.ts";
import { EXPORT } from "../functions/executions/kinds.ts";
import { readStatus } from "../functions/executions/readStatus.ts";
import { stopExecution } from "../functions/executions/startAndStop.ts";
import type { ExportStatus } from "../functions/executions/status.ts";
import { chooseView } from "../local/display/chooseView.ts";
import { jsonView } from "../local/display/jsonView.ts";
import type { ExportView } from "../local/display/view.ts";
import { type Deployment, exportsOf } from "./deployment.ts";
import { statusText } from "./statusText.ts";
import type { Standing, Subject } from "./subject.ts";

/** An export, which is watched file by file. */
export function exportSubject(id: string, deployment: Deployment): Subject {
  const services = { executions: exportsOf(deployment), s3: deployment.s3 };
  return {
    id,
    word: "export",
    describe: () => services.executions.describe(id),
    read: async () => standing(await readStatus(id, services)),
    watch(stdout, json) {
      const view = json ? jsonView(stdout, systemClock) : chooseView(stdout);
      let shown: ExportStatus | undefined;
      return {
        async next() {
          const status = await readStatus(id, services);
          showChanges(view, shown, status);
          shown = status;
          return standing(status);
        },
        closed: () => view.closed(),
      };
    },
    stop: (reason) => stopExecution(EXPORT, services.executions, id, reason),
  };
}

function standing(status: ExportStatus): Standing {
  return { status, text: (stream) => statusText(status, stream) };
}

function showChanges(view: ExportView, before: ExportStatus | undefined, now: ExportStatus): void {
  for (const file of now.files) {
    const { index, name, status, bytes, totalBytes } = file;
    const last = before?.files[index];
    if (status !== "WAITING" && status !== last?.status) {
      const phase = status === "STOPPED" ? "FAILED" : status;
      const reason = status === "STOPPED" ? "Stopped" : file.error?.name;
      view.changed({ index, name, phase, ...(reason !== undefined && { reason }) });
    }
    if (status === "TRANSFERRING")
      view.progressed({ index, name, bytes, totalBytes: totalBytes ?? undefined });
  }
}
