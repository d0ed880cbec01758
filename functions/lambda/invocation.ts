import { Tracer } from "@aws-lambda-powertools/tracer";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import { ExportError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { jsonLogger } from "./jsonLogger.ts";
import type { LambdaContext } from "./lambdaHandler.ts";
import { logMetrics } from "./logMetrics.ts";

/** A request of its own in the trace for each part of a file would be thousands. */
const tracer = new Tracer({ captureHTTPsRequests: false });

/**
 * Runs one step so that people can follow it: every log line and the trace have the execution and the file, one line
 * tells how the step ended and how long it took, and what it counted is sent.
 */
export async function followed<T>(
  event: unknown,
  { functionName, awsRequestId }: LambdaContext,
  clock: Clock,
  run: (tools: { log: Logger; metrics: Metrics }) => Promise<T>,
): Promise<T> {
  const subject = subjectOf(event);
  const log = jsonLogger({ function: functionName, requestId: awsRequestId, ...subject });
  const startedAt = clock.now();
  const seconds = () => (clock.now() - startedAt) / 1000;
  const endTrace = beginTrace(functionName, subject);
  try {
    const result = await run({ log, metrics: logMetrics });
    log.info("The step has ended", { seconds: seconds() });
    return result;
  } catch (error) {
    log.warn("The step has failed", { seconds: seconds(), ...describe(error) });
    throw error;
  } finally {
    endTrace();
    logMetrics.publish();
  }
}

type Subject = { execution?: string; file?: string };

const eventSchema = z.object({
  run: z.string().optional(),
  executionArn: z.string().optional(),
  item: z.object({ run: z.string().optional() }).optional().catch(undefined),
  file: z.object({ name: z.string() }).optional().catch(undefined),
});

/** What an event of any state says about which execution and file it is for. */
function subjectOf(event: unknown): Subject {
  const { run, item, file, executionArn } = eventSchema.safeParse(event).data ?? {};
  const execution = run ?? item?.run ?? executionArn?.split(":").at(-1);
  return { ...(execution !== undefined && { execution }), ...(file && { file: file.name }) };
}

/** Of errors that are not ours the message may hold anything. */
function describe(error: unknown): { error: string; reason?: string } {
  if (error instanceof ExportError) return { error: error.name, reason: error.message };
  return { error: error instanceof Error ? error.name : "unknown" };
}

/** Annotations are what traces are found by. Outside of Lambda there are none. */
function beginTrace(name: string, subject: Subject): () => void {
  const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
  if (parent === undefined) return () => {};
  const segment = parent.addNewSubsegment(name);
  tracer.setSegment(segment);
  for (const [key, value] of Object.entries(subject)) tracer.putAnnotation(key, value);
  return () => {
    segment.close();
    tracer.setSegment(parent);
  };
}
