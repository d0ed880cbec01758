import { type HistoryEvent, SFNClient } from "@aws-sdk/client-sfn";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { exportStatusSchema } from "../../../functions/api/schemas.ts";
import type { Execution } from "../../../functions/executions/executions.ts";
import { exportProgress } from "../../../functions/executions/exportProgress.ts";
import { exportStatus } from "../../../functions/executions/status.ts";
import { syncProgress } from "../../../functions/executions/syncProgress.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";
import { exportState, report, runRecord, syncState } from "../workflowData.ts";

const client = new SFNClient({ region: "us-east-1", endpoint: "http://127.0.0.1:9" });
afterAll(() => client.destroy());

const execution: Execution = {
  id: "nightly-1",
  state: "SUCCEEDED",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:01:00.000Z",
  input: {},
  error: null,
};

function finding(events: HistoryEvent[]) {
  return async <T>(_id: string, from: "first" | "last", match: (event: HistoryEvent) => T | undefined) => {
    const inOrder = from === "last" ? events.toReversed() : events;
    for (const event of inOrder) {
      const found = match(event);
      if (found !== undefined) return found;
    }
    return null;
  };
}

function exited(name: string, output: string | undefined): HistoryEvent {
  return {
    id: 1,
    type: "TaskStateExited",
    timestamp: new Date(0),
    stateExitedEventDetails: { name, output },
  };
}

/** As a state put it out, with a field changed, cut or changed in its bytes, and something else altogether. */
function output(values: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> {
  const written = values.map((value) => JSON.stringify(value));
  const changed = damagedValue(values).map((value) => JSON.stringify(value));
  return fc.oneof(written, changed, damagedBytes(written).map(String), anyText);
}

function history(...outputs: fc.Arbitrary<unknown>[]): fc.Arbitrary<HistoryEvent[]> {
  const name = fc.oneof(
    fc.constantFrom("ResolveItem", "FinishItem", "ListLibrary", "RecordPage", "FinishSync"),
    anyText,
  );
  const event = fc.oneof(
    fc.tuple(name, fc.oneof(...outputs.map(output))).map(([state, text]) => exited(state, text)),
    fc.constant<HistoryEvent>({ id: 1, type: "WaitStateEntered", timestamp: new Date(0) }),
  );
  return fc.array(event, { maxLength: 4 });
}

describe("the history of an export", () => {
  test("tells what was resolved and reported as it was put out, and makes a status that the API can answer", async () => {
    await fc.assert(
      fc.asyncProperty(exportState, report, runRecord, async (state, reported, record) => {
        const events = [
          exited("ResolveItem", JSON.stringify(state)),
          exited("FinishItem", JSON.stringify(reported)),
        ];
        const progress = await exportProgress(finding(events))(execution);
        expect(progress).toEqual({ resolved: state.resolved, report: reported });
        const status = exportStatus(execution, progress, [record]);
        expect(status.files).toHaveLength(state.resolved?.files.length ?? 0);
        exportStatusSchema.parse(status);
      }),
    );
  });

  test("of any other kind tells what can be read of it, and makes a status", async () => {
    await fc.assert(
      fc.asyncProperty(history(exportState, report), async (events) => {
        const progress = await exportProgress(finding(events))(execution);
        const { id, files } = exportStatus(execution, progress, []);
        expect({ id, files: files.length }).toEqual({
          id: "nightly-1",
          files: progress.resolved?.files.length ?? 0,
        });
      }),
      share(2),
    );
  });
});

describe("the history of a sync", () => {
  test("tells the plan as it was put out", async () => {
    await fc.assert(
      fc.asyncProperty(syncState, async (state) => {
        const events = [exited("ListLibrary", JSON.stringify(state))];
        const { sync } = await syncProgress(client, finding(events))(execution);
        expect(sync).toEqual(state.sync);
      }),
    );
  });

  test("of any other kind tells what can be read of it", async () => {
    await fc.assert(
      fc.asyncProperty(history(syncState, report), async (events) => {
        const { sync, exporting } = await syncProgress(client, finding(events))(execution);
        expect(sync?.pages ?? 1).toBeGreaterThanOrEqual(1);
        expect(exporting).toBeNull();
      }),
      share(2),
    );
  });
});
