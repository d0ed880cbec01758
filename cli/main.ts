import { CommanderError } from "commander";
import { keepYoungGenerationSmall } from "../functions/youngGeneration.ts";
import { EXIT, explain } from "./failure.ts";
import { createProgram } from "./program.ts";
import type { Streams } from "./streams.ts";

/** Runs the command line, and ends the process with its exit code. */
export async function main(words: string[]): Promise<void> {
  keepYoungGenerationSmall();
  const { stdin, stdout, stderr, env } = process;
  // `library-export ls | head` closes the pipe early; an export goes on without its listener.
  stdout.on("error", ignoreClosedPipe);
  const exitCode = await execute(words, { stdin, stdout, stderr, environment: env });
  await new Promise((resolve) => stdout.write("", resolve));
  // Connections that are kept for reuse would hold the process for seconds.
  process.exit(exitCode);
}

/** Runs one command, and says on the standard error what is wrong. Returns the exit code. */
export async function execute(words: string[], streams: Streams): Promise<number> {
  let exitCode: number = EXIT.success;
  const program = createProgram(streams, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has already said what is wrong; its own code is 1 for that, and 0 after --help and --version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    return explain(error, streams);
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
