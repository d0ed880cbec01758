import { type Api, createApi } from "../api/api.ts";
import type { ApiResponse } from "../api/http.ts";
import { problemResponse } from "../api/problems.ts";
import { InternalError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { createS3Client } from "../transfer/s3/uploadClient.ts";
import { deploymentOf } from "./deployment.ts";
import { parseEnvironment } from "./environment.ts";
import { jsonLogger } from "./jsonLogger.ts";
import type { LambdaContext } from "./lambdaHandler.ts";
import { proxyRequest } from "./proxyEvent.ts";

export interface ProxyResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * What API Gateway invokes: the same handlers as of `npm run api`, over AWS Step Functions. It answers with a problem
 * in place of throwing, for which API Gateway would have a body of its own.
 */
export function apiHandler(environment: NodeJS.ProcessEnv = process.env) {
  let api: Api | undefined;
  return async (event: unknown, context: LambdaContext): Promise<ProxyResult> => {
    const log = jsonLogger({ function: context.functionName, requestId: context.awsRequestId });
    try {
      api ??= apiFromEnvironment(environment, log);
      return toResult(await api(proxyRequest(event)));
    } catch (error) {
      return toResult(problemResponse(error, log));
    }
  };
}

/** @throws InternalError: nothing of the environment is the client's doing */
function apiFromEnvironment(environment: NodeJS.ProcessEnv, log: Logger): Api {
  try {
    return openApi(environment, log);
  } catch (cause) {
    throw new InternalError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function openApi(environment: NodeJS.ProcessEnv, log: Logger): Api {
  const { s3Endpoint, settings } = parseEnvironment(environment);
  const { executions, syncs } = deploymentOf(environment);
  return createApi({
    executions,
    syncs,
    s3: createS3Client({ ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }) }),
    ...(settings.expectedBucketOwner !== undefined && { expectedBucketOwner: settings.expectedBucketOwner }),
    log,
  });
}

function toResult({ status, headers, body }: ApiResponse): ProxyResult {
  return { statusCode: status, headers, body };
}
