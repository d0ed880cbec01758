import type { ExecutionState, ExecutionSummary, Executions } from "../functions/executions/executions.ts";
import { statusWord } from "../local/display/statusWord.ts";
import { jsonLine, printable, table } from "../local/display/text.ts";
import { exportsOf, openDeployment, syncsOf } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT } from "./failure.ts";
import type { Streams } from "./streams.ts";

export interface ListExportsOptions extends DeploymentOptions {
  state?: ExecutionState;
  limit: number;
  syncs?: boolean;
  json?: boolean;
}

/** Lists exports or syncs, the latest first: a table for people, one JSON object per line for programs. */
export async function listExports(options: ListExportsOptions, streams: Streams): Promise<number> {
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const executions = options.syncs ? syncsOf(deployment) : exportsOf(deployment);
  const word = options.syncs ? "sync" : "export";
  const found = await upTo(options.limit, executions, options.state);
  if (options.json) for (const one of found) stdout.write(jsonLine(one));
  else stdout.write(found.length === 0 ? `no ${word}s\n` : executionsTable(found, word, stdout));
  return EXIT.success;
}

/** Of one answer of Step Functions. */
const MAX_PAGE = 100;

async function upTo(
  limit: number,
  executions: Pick<Executions, "list">,
  state?: ExecutionState,
): Promise<ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  let pageToken: string | null | undefined;
  while (found.length < limit && pageToken !== null) {
    const page = await executions.list({
      limit: Math.min(MAX_PAGE, limit - found.length),
      ...(state && { state }),
      ...(pageToken && { pageToken }),
    });
    found.push(...(page?.executions ?? []));
    pageToken = page?.next ?? null;
  }
  return found;
}

function executionsTable(found: ExecutionSummary[], word: string, stream: NodeJS.WritableStream): string {
  const rows = found.map(({ id, state, startedAt, endedAt }) => [
    printable(id),
    statusWord(state, stream),
    startedAt,
    endedAt === null ? "" : duration(Date.parse(endedAt) - Date.parse(startedAt)),
  ]);
  const columns = [{ title: word }, { title: "state" }, { title: "started" }] as const;
  return `${table([...columns, { title: "took", align: "right" }], rows)}\n`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
