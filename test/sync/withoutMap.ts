import { StateMachine } from "aws-local-stepfunctions";
import * as z from "zod";
import type { SyncReport } from "../../functions/sync/report.ts";
import { pageStateSchema } from "../../functions/sync/state.ts";
import { loadDefinition, stateNames } from "../../local/definition.ts";
import { startExport } from "../../local/engine.ts";
import { throughJson } from "../../local/payload.ts";
import { SyncInvocations } from "../../local/syncInvocations.ts";
import { LIBRARY, type SyncWorkflow } from "./harness.ts";

/**
 * Runs the sync's state machine with a task in place of its Map, and with all else that ExportItems has: no engine on
 * one machine fails a Map as Step Functions can, when it cannot start one or go on with it.
 * @param fails whether it does so on the page of that number
 */
export async function syncWithoutMap(
  { services }: SyncWorkflow,
  fails: (page: number) => boolean,
): Promise<SyncReport> {
  const definition = loadDefinition("sync-library");
  const { ExportItems } = definition.States;
  if (ExportItems?.Type !== "Map" || !("Next" in ExportItems)) throw new TypeError("ExportItems is no Map");
  const { Catch, ResultPath, Next } = ExportItems;
  if (Catch === undefined || ResultPath === undefined) throw new TypeError("ExportItems catches nothing");
  const Resource = "arn:aws:states:::lambda:invoke";
  definition.States.ExportItems = { Type: "Task", Resource, Catch, ResultPath, Next };

  async function exportItems(state: unknown) {
    const { page } = pageStateSchema.parse(state);
    if (fails(page.number)) throw new MapRunFailed("The Map Run could not be started");
    const results = [];
    for (const { index, libraryItemId } of page.exports) {
      const { status } = await startExport({ input: { vcenter: "lab", libraryItemId }, services, timing })
        .result;
      results.push({ index, status, error: null });
    }
    return throughJson(results);
  }

  const invocations = new SyncInvocations(services, () => Promise.reject(new TypeError("There is no Map")));
  await new StateMachine(definition, { validationOptions: { noValidate: true } })
    .run(
      { vcenter: "lab", library: LIBRARY },
      {
        context: { Execution: { Id: "local:sync", Name: "sync" } },
        overrides: {
          taskResourceLocalHandlers: {
            ...invocations.taskHandlers(),
            ExportItems: exportItems,
            NotifySynchronized: noEvent,
            NotifySyncFailed: noEvent,
          },
          retryIntervalOverrides: stateNames(definition, "Task", timing.retry),
        },
      },
    )
    .result.catch(() => {
      // A sync that failed has told so in its report.
    });
  return z.custom<SyncReport>((report) => report !== undefined).parse(invocations.report);
}

const timing = { wait: 0, retry: 0 };

class MapRunFailed extends Error {
  override readonly name = "States.ItemReaderFailed";
}

function noEvent() {
  return { FailedEntryCount: 0, Entries: [] };
}
