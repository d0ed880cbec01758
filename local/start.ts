import { parseProfile } from "../functions/config.ts";
import { createS3Client } from "../functions/transfer/s3/uploadClient.ts";
import type { FileResult } from "../functions/workflow.ts";
import { startS3 } from "../simulators/s3/index.ts";
import { startVcenter } from "../simulators/vcenter/index.ts";
import { chooseView } from "./display/chooseView.ts";
import { filesTable } from "./display/reportTable.ts";
import { showExport } from "./display/showExport.ts";
import { paint, printable } from "./display/text.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { closingWords } from "./start/closingWords.ts";
import { readStartOptions, type StartOptions } from "./start/options.ts";
import { readBack } from "./start/readBack.ts";

/**
 * `npm start`: the whole workflow on one machine. A simulated vCenter serves a library, a simulated S3 keeps objects
 * in a folder, and the state machine of the cloud moves every item from one to the other.
 */
const BUCKET = "library-export";
const VCENTER = "simulator";

process.exitCode = await start(await readStartOptions(process.argv.slice(2)));

async function start({ libraries, output, ownLibrary }: StartOptions): Promise<number> {
  const { stdout, stderr } = process;
  using interrupt = listenForInterrupt(() => stderr.write("\nStopping: removing what is open.\n"));
  await using vcenter = await startVcenter({ libraries });
  await using s3 = closing(await startS3({ directory: output, buckets: [BUCKET] }));
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  const profile = parseProfile(VCENTER, {
    url: vcenter.url,
    username: vcenter.username,
    password: vcenter.password,
    thumbprint: vcenter.thumbprintSha256,
  });

  stdout.write(`vCenter simulator at ${vcenter.url}, with a certificate of its own, which is pinned\n`);
  stdout.write(`S3 simulator at ${s3.url}, which keeps objects as files in ${output}\n`);

  const files: FileResult[] = [];
  let failed = false;
  for (const { id, name, type, files: sources } of libraries.flatMap(({ items }) => items)) {
    stdout.write(
      `\n${paint("bold", printable(name), stdout)} (${type || "no type"}, ${sources.length} ${sources.length === 1 ? "file" : "files"})\n`,
    );
    if (id === undefined || sources.length === 0) continue;
    const report = await showExport({
      input: { vcenter: VCENTER, libraryItemId: id, destination: { bucket: BUCKET } },
      services: {
        profiles: [profile],
        s3: client,
        settings: { allowedBuckets: [BUCKET] },
        signal: interrupt.signal,
      },
      view: chooseView(stdout),
    });
    files.push(...report.files);
    if (report.error === null) continue;
    failed = true;
    stderr.write(`${paint("red", report.error.name, stderr)}: ${printable(report.error.message)}\n`);
    if (interrupt.signal.aborted) break;
  }

  stdout.write(`\n${filesTable(files, stdout)}`);
  const differing = await readBack(client, files);
  for (const { key } of differing) stderr.write(`${printable(key)} read back from S3 has another checksum\n`);
  client.destroy();
  const exitCode = interrupt.exitCode() ?? (failed || differing.length > 0 ? 1 : 0);
  if (exitCode === 0) stdout.write(closingWords({ bucket: BUCKET, output, files, ownLibrary }));
  return exitCode;
}

function closing<Server extends { close(): Promise<void> }>(server: Server): Server & AsyncDisposable {
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}
