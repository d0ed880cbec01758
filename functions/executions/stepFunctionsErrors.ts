import { SFNServiceException, StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import { DeploymentDenied, DeploymentNotFound, DeploymentUnavailable, ExportError } from "../errors.ts";

const PASSING = ["ThrottlingException", "ExecutionLimitExceeded", "TooManyRequestsException"];

/** What an answer of AWS Step Functions, or none, means to those who start and watch executions. */
export function toDeploymentError(error: unknown, stateMachineArn: string): unknown {
  if (error instanceof ExportError || !(error instanceof Error)) return error;
  const what = `the state machine ${stateMachineArn}`;
  const words = `(${error.name}: ${error.message})`;
  if (error instanceof StateMachineDoesNotExist || error.name === "StateMachineTypeNotSupported") {
    return new DeploymentNotFound(
      `There is no workflow of library-export in ${what}: check its ARN and the region ${words}`,
      {
        cause: error,
      },
    );
  }
  if (!(error instanceof SFNServiceException)) {
    return isConnectionError(error)
      ? new DeploymentUnavailable(`AWS Step Functions cannot be reached for ${what} ${words}`, {
          cause: error,
        })
      : error;
  }
  const status = error.$metadata.httpStatusCode ?? 0;
  if (PASSING.includes(error.name) || status === 429 || status >= 500) {
    return new DeploymentUnavailable(`AWS Step Functions does not answer for ${what} now ${words}`, {
      cause: error,
    });
  }
  if (status === 403 || /AccessDenied|UnrecognizedClient|Signature|ExpiredToken/.test(error.name)) {
    return new DeploymentDenied(`These credentials may not use ${what} ${words}`, { cause: error });
  }
  return error;
}

/** Node's own errors of sockets and names have a code; the SDK's of time have a name. */
export function isConnectionError(error: Error): boolean {
  return "code" in error || /Timeout|Networking/.test(error.name);
}
