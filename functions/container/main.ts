import { systemClock } from "../clock.ts";
import { ContainerFailed } from "../errors.ts";
import { environmentServices } from "../lambda/environmentServices.ts";
import { jsonLogger } from "../lambda/jsonLogger.ts";
import { logMetrics } from "../lambda/logMetrics.ts";
import { keepYoungGenerationSmall } from "../youngGeneration.ts";
import { runTask } from "./task.ts";

/**
 * The program of the container. It ends with 0 when it has left a result or an error in the file's run record; all
 * else is a crash, which ends with another number.
 */
keepYoungGenerationSmall();
const stopping = new AbortController();
process.once("SIGTERM", () =>
  stopping.abort(
    new ContainerFailed("The container task was stopped before the file was moved: start the export again"),
  ),
);

const { s3, ...shared } = environmentServices(process.env);
try {
  await runTask(process.env, {
    ...shared,
    s3,
    clock: systemClock,
    log: jsonLogger({ function: "TransferInContainer" }),
    metrics: logMetrics,
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    signal: stopping.signal,
  });
} finally {
  logMetrics.publish();
  s3.destroy();
}
