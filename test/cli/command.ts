import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = "bin/library-export.js";

// Half of a short command's time is compilation, which is the same for all of them.
const compileCache = join(root, "node_modules/.cache/node-compile-cache");

export interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  /** Sends Ctrl-C, or another signal. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the match when the standard output so far matches. Rejects when the command ends before. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same for the standard error. */
  complains(pattern: RegExp): Promise<RegExpExecArray>;
  outcome: Promise<Outcome>;
}

/**
 * Starts the command as a user does, without a terminal, and with no more environment than is given: nothing of
 * the developer's own (AWS, govc) reaches it.
 */
export function startCommand(words: string[], environment: Record<string, string> = {}): RunningCommand {
  return startProgram(PROGRAM, words, environment);
}

export function runCommand(words: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  return startCommand(words, environment).outcome;
}

/** Runs another program of this repository, named by its path. */
export function runProgram(path: string, words: string[]): Promise<Outcome> {
  return startProgram(path, words).outcome;
}

/** The whole environment of a command that is given one: nobody's home, and nothing of AWS beyond it. */
export function onlyWith(environment: Record<string, string>): Record<string, string> {
  const { PATH = "" } = process.env;
  const nobody = {
    HOME: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    NODE_COMPILE_CACHE: compileCache,
  };
  return { PATH, ...nobody, ...environment };
}

/** Starts one. */
export function startProgram(
  path: string,
  words: string[],
  environment: Record<string, string> = {},
): RunningCommand {
  const child = spawn(process.execPath, [join(root, path), ...words], {
    env: onlyWith(environment),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const texts = Promise.all([text(child.stdout), text(child.stderr)]);
  const outcome = Promise.all([closed, texts]).then(([[exitCode], [stdout, stderr]]) => {
    return { exitCode: typeof exitCode === "number" ? exitCode : null, stdout, stderr };
  });
  return {
    signal: (name) => child.kill(name),
    shows: watch(child.stdout),
    complains: watch(child.stderr),
    outcome,
  };
}

function watch(stream: Readable): (pattern: RegExp) => Promise<RegExpExecArray> {
  let shown = "";
  stream.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const ended = once(stream, "close");
  return async (pattern) => {
    for (;;) {
      const match = pattern.exec(shown);
      if (match !== null) return match;
      const none = ended.then(() => {
        throw new Error(`The command ended before it showed ${pattern}: ${shown}`);
      });
      await Promise.race([once(stream, "data"), none]);
    }
  };
}
