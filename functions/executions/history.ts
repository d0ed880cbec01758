import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import { executionStateSchema, reportSchema } from "../export/events.ts";
import type { Execution, ExecutionProgress } from "./executions.ts";

/** Enough for ResolveItem with all its retries, which is among an execution's first events. */
const EVENTS_A_PAGE = 30;
const MAX_PAGES = 4;
/** Of executions whose beginning is kept: it does not change, and who watches asks every few seconds. */
const MAX_KEPT = 50;

/**
 * Reads what an execution decided, and its report, from its history: an execution that failed has no output of its
 * own, and one that runs has none yet.
 */
export function readHistory(client: SFNClient, executionArn: (id: string) => string) {
  const kept = new Map<string, NonNullable<ExecutionProgress["resolved"]>>();

  async function find<T>(
    id: string,
    reverseOrder: boolean,
    match: (event: HistoryEvent) => T | undefined,
  ): Promise<T | undefined> {
    let nextToken: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await client.send(
        new GetExecutionHistoryCommand({
          executionArn: executionArn(id),
          maxResults: EVENTS_A_PAGE,
          includeExecutionData: true,
          reverseOrder,
          nextToken,
        }),
      );
      for (const event of answer.events ?? []) {
        const found = match(event);
        if (found !== undefined) return found;
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) return undefined;
    }
    return undefined;
  }

  return async ({ id, startedAt, state }: Execution): Promise<ExecutionProgress> => {
    const key = `${id} ${startedAt}`;
    const resolved = kept.get(key) ?? (await find(id, false, resolvedIn)) ?? null;
    if (resolved !== null && !kept.has(key)) {
      for (const oldest of kept.keys()) if (kept.size >= MAX_KEPT) kept.delete(oldest);
      kept.set(key, resolved);
    }
    const ended = state === "SUCCEEDED" || state === "FAILED";
    return { resolved, report: ended ? ((await find(id, true, reportIn)) ?? null) : null };
  };
}

function resolvedIn({ stateExitedEventDetails: exited }: HistoryEvent) {
  if (exited?.name !== "ResolveItem") return undefined;
  return executionStateSchema.safeParse(parse(exited.output)).data?.resolved ?? undefined;
}

/** FinishItem's output, or what stands in its place when it failed: every state after it hands it on. */
function reportIn({ stateExitedEventDetails: exited }: HistoryEvent) {
  return reportSchema.safeParse(parse(exited?.output)).data;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    // Step Functions cuts what is too long for a history.
    return null;
  }
}
