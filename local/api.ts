import { once } from "node:events";
import { createApi } from "../functions/api/api.ts";
import { parseProfile } from "../functions/config.ts";
import { createS3Client } from "../functions/transfer/s3/uploadClient.ts";
import { startS3 } from "../simulators/s3/index.ts";
import { startVcenter } from "../simulators/vcenter/index.ts";
import { serveApi } from "./apiServer.ts";
import { printable } from "./display/text.ts";
import { localExecutions, localSyncs } from "./executions.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { localServices } from "./services.ts";
import { readStartOptions } from "./start/options.ts";

/**
 * `npm run api`: the HTTP API on this machine, over the state machine in this process and the simulators. A real
 * vCenter is not offered: the API has no authorisation here, which in the cloud is API Gateway's.
 */
const BUCKET = "library-export";
const VCENTER = "simulator";

await serve();

async function serve(): Promise<void> {
  const { libraries, output } = await readStartOptions(process.argv.slice(2), {
    name: "npm run api --",
    description: "Serves the HTTP API over a simulated vCenter and a simulated S3.",
  });
  const { stdout } = process;
  using interrupt = listenForInterrupt(() => stdout.write("\nStopping what runs.\n"));
  await using vcenter = await startVcenter({ libraries });
  const s3 = await startS3({ directory: output, buckets: [BUCKET] });
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  const { url, username, password, thumbprintSha256: thumbprint } = vcenter;
  const services = localServices({
    profiles: [parseProfile(VCENTER, { url, username, password, thumbprint })],
    s3: client,
    settings: { defaultBucket: BUCKET },
    log: {
      info() {},
      warn: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
    },
  });
  await using executions = localExecutions(services);
  await using syncs = localSyncs(services);
  const api = createApi({
    executions,
    syncs,
    s3: client,
    log: services.log,
  });
  await using server = await serveApi(api);

  const [library] = libraries;
  const [item] = library?.items ?? [];
  const example = (input: object) =>
    printable(JSON.stringify({ vcenter: VCENTER, library: library?.name, ...input }));
  const json = "-H 'Content-Type: application/json'";
  stdout.write(
    [
      `The API is at ${server.url}, and its description in docs/openapi.json. Ctrl-C ends it.`,
      "",
      "Start an export, and look at it:",
      `  curl -i ${server.url}/exports ${json} -d '${example({ item: item?.name })}'`,
      `  curl ${server.url}/exports`,
      "",
      "Mirror the whole library:",
      `  curl -i ${server.url}/syncs ${json} -d '${example({})}'`,
      `  curl ${server.url}/syncs`,
      "",
    ].join("\n"),
  );
  if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  await server[Symbol.asyncDispose]();
  await Promise.all([executions[Symbol.asyncDispose](), syncs[Symbol.asyncDispose]()]);
  await s3.close();
}
