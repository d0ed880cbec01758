import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";
import { FUNCTION_MEMORY_MIB } from "../../../cdk/sizes.ts";

/** Old objects may take all of the function's memory before V8 is in a hurry to remove them. */
export const EXEC_ARGV = ["--enable-source-maps", `--max-old-space-size=${FUNCTION_MEMORY_MIB}`];

const answered = z.object({ output: z.unknown(), seconds: z.number(), peakBytes: z.number() });

export interface Measured {
  invocations: number;
  longestSeconds: number;
  totalSeconds: number;
  largestPayloadBytes: number;
  peakBytes: number;
}

/** A function that is invoked in its own process, and what was measured of it. */
export class FunctionProcess {
  readonly measured: Measured = {
    invocations: 0,
    longestSeconds: 0,
    totalSeconds: 0,
    largestPayloadBytes: 0,
    peakBytes: 0,
  };
  readonly #name: string;
  readonly #child: ChildProcess;

  /** @param bundle path of function.ts, bundled */
  constructor(name: string, bundle: string, places: unknown) {
    this.#name = name;
    this.#child = fork(bundle, [JSON.stringify(places)], { execArgv: EXEC_ARGV });
  }

  async invoke(event: unknown): Promise<unknown> {
    this.#child.send({ name: this.#name, event });
    const { output, seconds, peakBytes } = answered.parse(await this.#answer());
    const { measured } = this;
    measured.invocations += 1;
    measured.longestSeconds = Math.max(measured.longestSeconds, seconds);
    measured.totalSeconds += seconds;
    const payloads = [event, output].map((value) => Buffer.byteLength(JSON.stringify(value)));
    measured.largestPayloadBytes = Math.max(measured.largestPayloadBytes, ...payloads);
    measured.peakBytes = Math.max(measured.peakBytes, peakBytes);
    return output;
  }

  end(): void {
    this.#child.kill();
  }

  async #answer(): Promise<unknown> {
    const waiting = new AbortController();
    const exit = once(this.#child, "exit", waiting).then(([code, signal]) => {
      throw new Error(`${this.#name} ended with ${code ?? signal}`);
    });
    try {
      const [answer] = await Promise.race([once(this.#child, "message", waiting), exit]);
      return answer;
    } finally {
      waiting.abort();
      await exit.catch(() => {});
    }
  }
}
