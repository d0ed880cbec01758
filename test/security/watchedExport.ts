import { inspect } from "node:util";
import { problemResponse } from "../../functions/api/problems.ts";
import { cleanUpExecution } from "../../functions/cleanup/cleanUpExecution.ts";
import { readStatus } from "../../functions/executions/readStatus.ts";
import type { Handler } from "../../functions/handlers/index.ts";
import type { Services } from "../../functions/services.ts";
import { type StateCalls, stateCalls } from "../../local/invocations.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import type { Workflow } from "../workflow/harness.ts";

/** Longer bodies are bytes of files. */
const LONGEST_TEXT_BYTES = 64 * 1024;

/** By the way that something came out on. */
export type Said = Record<
  "states" | "errors" | "logs" | "metrics" | "progress" | "S3" | "events" | "API",
  string[]
>;

/**
 * Runs an export of the sample item with its clean-up, and returns everything that came out of it: data of the states,
 * errors with their causes, log lines, metrics, requests to S3 with what they store, events, and answers of the API.
 */
export async function watchedExport(workflow: Workflow, input: object = {}): Promise<Said> {
  const said: Said = {
    states: [],
    errors: [],
    logs: [],
    metrics: [],
    progress: [],
    S3: [],
    events: [],
    API: [],
  };
  const { services } = workflow;
  watchServices(services, said);
  const running = startUncontrolled(
    workflow,
    (event) => said.states.push(JSON.stringify(event)),
    { vcenter: "lab", library: "Golden images", item: "ubuntu", ...input },
    watchErrors(said),
  );
  await running.ended;
  const id = running.arn.slice(running.arn.lastIndexOf(":") + 1);
  for (const again of [false, true]) {
    const cleanUp = { executionArn: running.arn, again };
    said.events.push(
      JSON.stringify(await cleanUpExecution(cleanUp, { ...services, executions: running.executions })),
    );
  }
  said.events.push(...running.sent.map((event) => JSON.stringify(event)));

  for (const name of [id, "none"]) {
    const answer = readStatus(name, { executions: running.executions, s3: services.s3 });
    said.API.push(
      JSON.stringify(await answer.catch((error: unknown) => problemResponse(error, services.log))),
    );
  }
  return said;
}

function watchServices(services: Services, said: Said): void {
  const write = (message: string, fields?: object) =>
    void said.logs.push(inspect([message, fields], { depth: 20 }));
  services.log = { info: write, warn: write };
  services.metrics = { add: (name, value) => void said.metrics.push(`${name} ${value}`) };
  services.progress = (progress) => void said.progress.push(JSON.stringify(progress));
  services.s3.middlewareStack.add(
    (next) => async (args) => {
      // The SDK's HttpRequest, typed unknown here.
      const { path, headers, query, body } = args.request as Record<string, unknown>;
      const text =
        typeof body === "string" || (body instanceof Uint8Array && body.length < LONGEST_TEXT_BYTES);
      said.S3.push(inspect({ path, query, headers }, { depth: 5 }), text ? Buffer.from(body).toString() : "");
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
}

/** What a function throws goes into Lambda's log, its causes as well. */
function watchErrors(said: Said): StateCalls {
  const watched = Object.entries<Handler>(stateCalls).map(([name, handle]) => {
    const watchedHandler: Handler = async (event, services) => {
      try {
        return await handle(event, services);
      } catch (error) {
        said.errors.push(inspect(error, { depth: 20 }));
        throw error;
      }
    };
    return [name, watchedHandler];
  });
  return Object.fromEntries(watched) as StateCalls; // of the same names, and each returns what its handler does
}
