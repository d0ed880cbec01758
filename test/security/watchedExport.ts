import { inspect } from "node:util";
import { problemResponse } from "../../functions/api/problems.ts";
import { cleanUpExecution } from "../../functions/cleanup/cleanUpExecution.ts";
import { readStatus } from "../../functions/executions/readStatus.ts";
import type { Handler } from "../../functions/handlers/index.ts";
import { type StateCalls, stateCalls } from "../../local/invocations.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import type { Workflow } from "../workflow/harness.ts";
import { nothingSaid, type Said, watchServices } from "./said.ts";

/**
 * Runs an export of the sample item with its clean-up, and returns everything that came out of it: data of the states,
 * errors with their causes, log lines, metrics, requests to S3 with what they store, events, and answers of the API.
 */
export async function watchedExport(workflow: Workflow, input: object = {}): Promise<Said> {
  const said = nothingSaid();
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
