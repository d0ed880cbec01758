import { Logger as PowertoolsLogger } from "@aws-lambda-powertools/logger";
import type { Logger } from "../log.ts";

const powertools = new PowertoolsLogger();

/**
 * One JSON object a line on standard output, which Lambda sends to CloudWatch Logs as it is.
 * @param always fields of every line
 */
export function jsonLogger(always: Record<string, string>): Logger {
  const logger = powertools.createChild({ persistentKeys: always });
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
  };
}
