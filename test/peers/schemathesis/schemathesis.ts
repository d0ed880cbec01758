import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonFolder } from "../install/python.ts";
import { PEERS } from "../peers.ts";

export interface SchemathesisOptions {
  /** Of each kind, for each operation. */
  maxExamples: number;
  /** Checks that do not hold where the API is, and why is said there. */
  excludeChecks?: string[];
  /** Of every request. */
  headers?: Record<string, string>;
  requestsPerSecond?: number;
}

/** An export that was stopped can still be looked at. */
const NOT_MEANT = "use_after_free";

/**
 * Makes requests from a description, always the same ones, and makes every check of the answers.
 * @param description OpenAPI
 * @param url where the API of the description is
 * @returns its exit code, 0 when it found nothing, and all that it wrote
 */
export async function schemathesis(
  description: object,
  url: string,
  { maxExamples, excludeChecks = [], headers = {}, requestsPerSecond }: SchemathesisOptions,
): Promise<{ exitCode: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "schemathesis-"));
  try {
    const file = join(folder, "openapi.json");
    await writeFile(file, JSON.stringify(description));
    return await run(folder, [
      ...["run", file, "--url", url, "--no-color"],
      ...["--checks", "all", "--exclude-checks", [NOT_MEANT, ...excludeChecks].join(",")],
      ...["--max-examples", String(maxExamples), "--seed", "1", "--generation-deterministic"],
      ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
      ...(requestsPerSecond === undefined ? [] : ["--rate-limit", `${requestsPerSecond}/s`]),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(cwd: string, words: string[]): Promise<{ exitCode: number; output: string }> {
  const python = join(pythonFolder("schemathesis", PEERS.schemathesis.python.packages), "bin/python");
  const { PATH } = process.env;
  const options = { cwd, env: { PATH, PYTHONUTF8: "1", HOME: cwd }, maxBuffer: 64 * 1024 ** 2 };
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number; output: string }>();
  execFile(python, ["-m", "schemathesis.cli", ...words], options, (error, stdout, stderr) => {
    resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
  });
  return promise;
}
