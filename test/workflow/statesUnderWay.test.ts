import { expect, test } from "vitest";
import type * as z from "zod";
import * as item from "../../functions/export/events.ts";
import { exportIdOf } from "../../functions/export/fileObject.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";
import * as sync from "../../functions/sync/state.ts";
import { parseCursor } from "../../functions/transfer/cursor.ts";
import states from "./statesUnderWay.json" with { type: "json" };

/**
 * An execution keeps the definition that it was started with, while a deployment replaces the functions under it. The
 * states were recorded once, as executions held them that were on their way then. A later function must read them: a
 * field that is new gets a default in its schema, and none in the recording.
 */
const SCHEMAS: Record<keyof typeof states, z.ZodType> = {
  ResolveItem: item.startSchema,
  PrepareFile: item.fileStateSchema,
  PollFile: item.preparingFileSchema,
  TransferFile: item.fileStateSchema,
  ReadContainerResult: item.failedFileSchema,
  CompleteFile: item.fileStateSchema,
  AbortFile: item.failedFileSchema,
  FinishItem: item.executionStateSchema,
  ListLibrary: item.startSchema,
  PlanPage: sync.plannedStateSchema,
  RetireItems: sync.pageStateSchema,
  AdmitItem: sync.itemStateSchema,
  ExplainFailure: sync.failedItemSchema,
  RecordPage: sync.pageStateSchema,
  FinishSync: sync.syncStateSchema,
};

// The recording has what TypeScript cannot know the keys of.
const RECORDED = Object.entries(states) as [keyof typeof states, unknown[]][];

test.each(RECORDED)("%s reads what an execution on its way hands it", (name, recorded) => {
  for (const state of recorded) expect(() => item.parseEvent(SCHEMAS[name], state)).not.toThrow();
});

test("every function that a state calls is among them", () => {
  const functions = [...Object.keys(handlers), ...Object.keys(syncHandlers)];
  expect(Object.keys(states).toSorted()).toEqual(functions.toSorted());
});

test("a file goes on from a cursor that an earlier function made", () => {
  const cursors = states.TransferFile.flatMap((state) => {
    const { item: plan, file, transfer } = item.parseEvent(item.fileStateSchema, state);
    if (transfer.cursor === null) return [];
    return parseCursor(transfer.cursor, { fileName: file.name, exportId: exportIdOf(plan, file) });
  });
  expect(cursors.map(({ phase }) => phase)).toEqual(["receiving", "copying"]);
});
