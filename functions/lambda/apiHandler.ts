import * as z from "zod";
import { type Api, createApi } from "../api/api.ts";
import type { ApiRequest, ApiResponse } from "../api/http.ts";
import { problemResponse } from "../api/problems.ts";
import { InternalError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { createS3Client } from "../transfer/s3/uploadClient.ts";
import { deploymentOf } from "./deployment.ts";
import { parseEnvironment } from "./environment.ts";
import { jsonLogger } from "./jsonLogger.ts";
import type { LambdaContext } from "./lambdaHandler.ts";

/** The part of an event of an API Gateway REST API, with Lambda proxy integration, that is used here. */
const proxyEventSchema = z.object({
  httpMethod: z.string(),
  /** Without the stage. */
  path: z.string(),
  multiValueQueryStringParameters: z.record(z.string(), z.array(z.string())).nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  requestContext: z.object({ path: z.string().optional() }),
});

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
      return toResult(await api(toRequest(event)));
    } catch (cause) {
      // Nothing of it is the client's doing.
      const error = new InternalError(cause instanceof Error ? cause.message : String(cause), { cause });
      return toResult(problemResponse(error, log));
    }
  };
}

function apiFromEnvironment(environment: NodeJS.ProcessEnv, log: Logger): Api {
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

function toRequest(event: unknown): ApiRequest {
  const { httpMethod, path, headers, body, isBase64Encoded, requestContext, ...rest } =
    proxyEventSchema.parse(event);
  const fullPath = requestContext.path ?? path;
  return {
    method: httpMethod,
    path,
    basePath: fullPath.endsWith(path) ? fullPath.slice(0, -path.length) : "",
    query: rest.multiValueQueryStringParameters ?? {},
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? ""),
  };
}

function toResult({ status, headers, body }: ApiResponse): ProxyResult {
  return { statusCode: status, headers, body };
}
