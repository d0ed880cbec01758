import type { Logger } from "../log.ts";

/**
 * One JSON object a line on standard output, which Lambda sends to CloudWatch Logs as it is.
 * @param always fields of every line
 */
export function jsonLogger(
  always: Record<string, unknown>,
  write: (line: string) => unknown = (line) => process.stdout.write(line),
): Logger {
  const log = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    const line = { timestamp: new Date().toISOString(), level, message, ...always, ...fields };
    write(`${JSON.stringify(line)}\n`);
  };
  return { info: log("INFO"), warn: log("WARN") };
}
