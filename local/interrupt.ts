/** `npx` passes on to its child the Ctrl-C that the terminal has sent to both: two signals that mean one. */
const ECHO_MILLISECONDS = 500;

export interface Interrupt {
  /** Aborted at the first Ctrl-C (SIGINT) or SIGTERM. */
  signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, as shells have it; undefined when there was neither. */
  exitCode(): number | undefined;
  /** Gives the signals back to Node. */
  [Symbol.dispose](): void;
}

/**
 * Turns Ctrl-C into a clean stop. A second Ctrl-C ends the process at once.
 * @param announce called at the first one, to tell the user what is going on
 */
export function listenForInterrupt(announce: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let firstAt = 0;

  function onSignal(name: NodeJS.Signals): void {
    if (exitCode === undefined) {
      exitCode = name === "SIGTERM" ? 143 : 130;
      firstAt = performance.now();
      announce();
      controller.abort();
    } else if (performance.now() - firstAt > ECHO_MILLISECONDS) {
      process.exit(exitCode);
    }
  }

  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    [Symbol.dispose]() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
