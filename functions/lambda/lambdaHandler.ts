import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { systemClock } from "../clock.ts";
import type { Handler } from "../handlers/index.ts";
import type { Services } from "../services.ts";
import { createS3Client } from "../transfer/uploadClient.ts";
import { parseEnvironment } from "./environment.ts";
import { jsonLogger } from "./jsonLogger.ts";
import { secretProfiles } from "./secretProfiles.ts";

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
  let shared: Pick<Services, "profile" | "s3" | "settings"> | undefined;
  return async (event, context) => {
    shared ??= fromEnvironment(environment);
    return handle(event, {
      ...shared,
      clock: systemClock,
      log: jsonLogger({ function: context.functionName, requestId: context.awsRequestId }),
      remainingMilliseconds: () => context.getRemainingTimeInMillis(),
    });
  };
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Pick<Services, "profile" | "s3" | "settings"> {
  const { profileSecretPrefix, s3Endpoint, signPayloads, settings } = parseEnvironment(environment);
  return {
    profile: secretProfiles({
      client: new SecretsManagerClient({}),
      prefix: profileSecretPrefix,
      clock: systemClock,
    }),
    s3: createS3Client({ signPayloads, ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }) }),
    settings,
  };
}
