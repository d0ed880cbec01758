import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Runs a program to its end, behind everything else that the machine has to do.
 * @returns what it wrote to its standard output
 * @throws Error with what it wrote to its standard error
 */
export async function run(
  program: string,
  words: readonly string[],
  { hint = "", environment = {} }: { hint?: string; environment?: Record<string, string> } = {},
): Promise<string> {
  try {
    const { stdout } = await execute("nice", [program, ...words], {
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 ** 2,
    });
    return stdout;
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string }; // execFile's rejections have it
    const said = stderr.trim().split("\n").slice(-15).join("\n");
    throw new Error(`"${program} ${words.join(" ")}" failed. ${hint}\n${said}`, { cause });
  }
}
