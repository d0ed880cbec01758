import { systemClock } from "../clock.ts";
import type { Handler } from "../handlers/index.ts";
import { keepYoungGenerationSmall } from "../youngGeneration.ts";
import { environmentServices } from "./environmentServices.ts";
import { followed } from "./invocation.ts";

/** The part of Lambda's context that is used here. */
export interface LambdaContext {
  awsRequestId: string;
  functionName: string;
  getRemainingTimeInMillis(): number;
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/**
 * Makes a handler what Lambda invokes: its collaborators come from the environment, and live as long as the
 * function's sandbox, so that connections and profiles are used again. Lambda passes on an error's `name`, which
 * Retry and Catch match.
 * @throws InvalidInput at each invocation, not at the load of the module, where Lambda would have another name for it
 */
export function lambdaHandler(handle: Handler, environment: NodeJS.ProcessEnv = process.env): LambdaHandler {
  keepYoungGenerationSmall();
  let shared: ReturnType<typeof environmentServices> | undefined;
  return async (event, context) => {
    return followed(event, context, systemClock, async (tools) => {
      shared ??= environmentServices(environment);
      return handle(event, {
        ...shared,
        ...tools,
        clock: systemClock,
        remainingMilliseconds: () => context.getRemainingTimeInMillis(),
      });
    });
  };
}
