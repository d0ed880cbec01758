import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import type { Execution } from "./executions.ts";

/** Enough for the first function with all its retries, whose result is among an execution's first events. */
const MAX_EVENTS = 120;
const EVENTS_A_PAGE = 30;
/** A page may hold fewer events than were asked for, and none at all: it ends where the data become too many. */
const MAX_PAGES = MAX_EVENTS;
/** Of executions whose beginning is kept: it does not change, and who watches asks every few seconds. */
const MAX_KEPT = 50;

/**
 * Looks through the first events of an execution, or through the last ones backwards, until `match` returns something.
 * @returns null when it returns nothing
 */
export type FindInHistory = <T>(
  id: string,
  from: "first" | "last",
  match: (event: HistoryEvent) => T | undefined,
) => Promise<T | null>;

/**
 * An execution's history tells what it decided, and its report: one that failed has no output of its own, and one that
 * runs has none yet.
 */
export function historyOf(client: SFNClient, executionArn: (id: string) => string): FindInHistory {
  return async (id, from, match) => {
    let looked = 0;
    let nextToken: string | undefined;
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await client.send(
        new GetExecutionHistoryCommand({
          executionArn: executionArn(id),
          maxResults: EVENTS_A_PAGE,
          includeExecutionData: true,
          reverseOrder: from === "last",
          nextToken,
        }),
      );
      for (const event of answer.events ?? []) {
        const found = match(event);
        if (found !== undefined) return found;
        looked += 1;
        if (looked === MAX_EVENTS) return null;
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) return null;
    }
    return null;
  };
}

/** Asks once for what does not change any more when it is there. */
export function keeping<T>(
  find: (id: string) => Promise<T | null>,
): (execution: Execution) => Promise<T | null> {
  const kept = new Map<string, T>();
  return async ({ id, startedAt }) => {
    // A name can be used again after 90 days.
    const key = `${id} ${startedAt}`;
    const found = kept.get(key) ?? (await find(id));
    if (found !== null && !kept.has(key)) {
      for (const oldest of kept.keys()) if (kept.size >= MAX_KEPT) kept.delete(oldest);
      kept.set(key, found);
    }
    return found;
  };
}

/** What a state has put out; undefined for an event of any other kind. */
export function outputIn({ stateExitedEventDetails: exited }: HistoryEvent): unknown {
  try {
    return exited?.output === undefined ? undefined : JSON.parse(exited.output);
  } catch {
    // Step Functions cuts what is too long for a history.
    return undefined;
  }
}
