import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { onlyWith, PROGRAM, root } from "./command.ts";

export interface TerminalOutcome {
  exitCode: number;
  /** All that the terminal was sent, with what steers it. */
  sent: string;
  /** The same without that: every line that was ever shown. */
  text: string;
}

export interface TerminalCommand {
  /** Types as somebody at the keyboard does; a line ends with a carriage return. */
  type(text: string): void;
  /** Presses Ctrl-C: the terminal makes a signal of it. */
  pressCtrlC(): void;
  /** Resolves when the text so far matches. Rejects when the command ends before. */
  shows(pattern: RegExp): Promise<void>;
  outcome: Promise<TerminalOutcome>;
}

/** Starts the command in a pseudo-terminal of 100 columns, on which both of its outputs are shown. */
export function startInTerminal(words: string[], environment: Record<string, string>): TerminalCommand {
  const child = spawn(process.execPath, [join(root, PROGRAM), ...words], {
    name: "xterm-256color",
    cols: 100,
    rows: 30,
    env: onlyWith(environment),
  });
  let sent = "";
  const text = () => stripVTControlCharacters(sent).replaceAll("\r\n", "\n");
  const waiting = new Set<() => void>();
  child.onData((data) => {
    sent += data;
    for (const look of waiting) look();
  });
  const { promise: outcome, resolve: end } = Promise.withResolvers<TerminalOutcome>();
  child.onExit(({ exitCode }) => end({ exitCode, sent, text: text() }));
  return {
    type: (text) => child.write(text),
    pressCtrlC: () => child.write("\u0003"),
    async shows(pattern) {
      const { promise: seen, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (pattern.test(text())) resolve();
      };
      waiting.add(look);
      look();
      const ended = outcome.then(() => {
        throw new Error(`The command ended before it showed ${pattern}: ${text()}`);
      });
      try {
        await Promise.race([seen, ended]);
      } finally {
        waiting.delete(look);
      }
    },
    outcome,
  };
}
