import { STATUS_CODES } from "node:http";
import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import type { Problem } from "../functions/api/problems.ts";

/**
 * What API Gateway answers by itself: by status, because its templates cannot tell one. The defaults are for whatever
 * is not named here.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const RESPONSES: [status: number, types: ResponseType[]][] = [
  [400, [ResponseType.DEFAULT_4XX, ResponseType.BAD_REQUEST_BODY, ResponseType.BAD_REQUEST_PARAMETERS]],
  [401, [ResponseType.UNAUTHORIZED]],
  [
    403,
    [
      ResponseType.ACCESS_DENIED,
      ResponseType.EXPIRED_TOKEN,
      ResponseType.INVALID_SIGNATURE,
      // Also of a path that there is not.
      ResponseType.MISSING_AUTHENTICATION_TOKEN,
      ResponseType.WAF_FILTERED,
    ],
  ],
  [404, [ResponseType.RESOURCE_NOT_FOUND]],
  [413, [ResponseType.REQUEST_TOO_LARGE]],
  [415, [ResponseType.UNSUPPORTED_MEDIA_TYPE]],
  [429, [ResponseType.THROTTLED, ResponseType.QUOTA_EXCEEDED]],
  [500, [ResponseType.DEFAULT_5XX]],
  [504, [ResponseType.INTEGRATION_FAILURE, ResponseType.INTEGRATION_TIMEOUT]],
];

/** Makes the answers that never reach the function look like the function's own: RFC 9457. */
export function answerWithProblems(restApi: RestApi): void {
  for (const [status, types] of RESPONSES) {
    for (const type of types) {
      restApi.addGatewayResponse(type.responseType, {
        type,
        statusCode: String(status),
        responseHeaders: { "Content-Type": "'application/problem+json'" },
        // By this key alone is a template found for every client, whatever it accepts.
        templates: { "application/json": template(status) },
      });
    }
  }
}

function template(status: number): string {
  const detail = "$context.error.messageString";
  const problem: Problem = { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail };
  // The variable brings its own quotes.
  return JSON.stringify(problem).replace(`"${detail}"`, detail);
}
