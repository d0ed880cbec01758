import { createApi } from "../../functions/api/api.ts";
import { cleanUpSync } from "../../functions/cleanup/cleanUpSync.ts";
import type { SyncInput } from "../../functions/sync/input.ts";
import { startUncontrolledSync, type UncontrolledSync } from "../cleanup/uncontrolledSync.ts";
import type { Workflow } from "../workflow/harness.ts";
import { nothingSaid, type Said, watchServices } from "./said.ts";

/**
 * Mirrors the library "Golden" with the clean-up that follows, and returns everything that came out of it, as
 * `watchedExport` does of an export. Errors are those that the states saw.
 * @param stopAt name of the state at which it is stopped
 */
export async function watchedSync(
  workflow: Workflow,
  input: Partial<SyncInput> = {},
  stopAt?: string,
): Promise<Said> {
  const { services } = workflow;
  const said = nothingSaid();
  watchServices(services, said);
  const sync = startUncontrolledSync(
    workflow,
    (event, running) => {
      said.states.push(JSON.stringify(event));
      if (event.error !== undefined) said.errors.push(JSON.stringify(event.error));
      if (event.type === "StateEntered" && event.state === stopAt) running.end("ABORTED");
    },
    input,
  );
  await sync.ended;
  for (const again of [false, true]) {
    if (again) await sync.functionsEnded();
    const { syncs, executions, arn: executionArn } = sync;
    const cleanUp = cleanUpSync({ executionArn, again }, { ...services, syncs, executions });
    said.events.push(JSON.stringify(await cleanUp));
  }
  said.events.push(...sync.sent.map((event) => JSON.stringify(event)));
  said.API.push(...(await answersOf(sync, workflow)));
  return said;
}

/** What the API tells of the sync and of its exports, and of one that there is not. */
async function answersOf({ arn, exports, syncs, executions }: UncontrolledSync, { services }: Workflow) {
  const api = createApi({ syncs, executions, s3: services.s3, log: services.log });
  const paths = [
    "/syncs",
    `/syncs/${nameIn(arn)}`,
    "/syncs/none",
    "/exports",
    ...exports.map((one) => `/exports/${nameIn(one.arn)}`),
  ];
  const answers = paths.map((path) =>
    api({ method: "GET", path, basePath: "", query: {}, headers: {}, body: "" }),
  );
  return (await Promise.all(answers)).map(({ body }) => body);
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
