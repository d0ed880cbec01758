import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ACCOUNT, type Ministack, REGION } from "./ministack.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = fileURLToPath(import.meta.resolve("aws-cdk/bin/cdk"));
const execute = promisify(execFile);

/** The values that the stack puts out, by their names. */
export type Outputs = Record<
  "StateMachineArn" | "SyncStateMachineArn" | "BucketName" | "ProfileSecretPrefix",
  string
> &
  Record<string, string>;

/**
 * The CDK's command line, as `npm run deploy` and its kin call it, with nothing of the developer's own around it.
 * @param settings the stack's, by their names in context
 */
export class Cdk {
  readonly #environment: Record<string, string>;
  readonly #context: string[];

  constructor({ environment }: Ministack, settings: Record<string, string>) {
    this.#environment = environment;
    this.#context = Object.entries(settings).flatMap(([name, value]) => [
      "--context",
      `library-export:${name}=${value}`,
    ]);
  }

  async bootstrap(): Promise<void> {
    await this.#run(["bootstrap", `aws://${ACCOUNT}/${REGION}`]);
  }

  async deploy(): Promise<Outputs> {
    const directory = await mkdtemp(join(tmpdir(), "outputs-"));
    try {
      const file = join(directory, "outputs.json");
      await this.#run(["deploy", "--require-approval", "never", "--outputs-file", file]);
      return JSON.parse(await readFile(file, "utf8")).LibraryExport;
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  async destroy(): Promise<void> {
    await this.#run(["destroy", "--force"]);
  }

  async #run(words: string[]): Promise<void> {
    const output = await mkdtemp(join(tmpdir(), "cdk.out-"));
    try {
      await execute(process.execPath, [program, ...words, ...this.#context, "--output", output], {
        cwd: root,
        env: { ...this.#environment, CI: "true" },
        maxBuffer: 64 * 1024 ** 2,
      });
    } catch (cause) {
      const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string }; // execFile's rejections have them
      const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-40).join("\n");
      throw new Error(`cdk ${words[0]} failed:\n${said}`, { cause });
    } finally {
      await rm(output, { recursive: true });
    }
  }
}
