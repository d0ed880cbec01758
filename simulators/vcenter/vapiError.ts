/** An error as vAPI reports it; each dialect has its own body for it. */
export class VapiError extends Error {
  readonly status: number;
  /** A member of the `error_type` enumeration. */
  readonly errorType: string;
  readonly args: string[];

  constructor(status: number, errorType: string, message: string, args: string[] = []) {
    super(message);
    this.status = status;
    this.errorType = errorType;
    this.args = args;
  }
}

export function notFound(what: string, id: string): VapiError {
  return new VapiError(404, "NOT_FOUND", `The ${what} with ID ${id} could not be found.`, [id]);
}

export function invalidArgument(message: string, ...args: string[]): VapiError {
  return new VapiError(400, "INVALID_ARGUMENT", message, args);
}

export function notAllowedInCurrentState(message: string, ...args: string[]): VapiError {
  return new VapiError(400, "NOT_ALLOWED_IN_CURRENT_STATE", message, args);
}

export function unauthorized(privilege: string): VapiError {
  return new VapiError(403, "UNAUTHORIZED", `The user does not have the privilege ${privilege}.`, [
    privilege,
  ]);
}

/** vCenter does not disclose why. */
export function unauthenticated(): VapiError {
  return new VapiError(401, "UNAUTHENTICATED", "Authentication required.");
}

/** The usual error for a status, for faults that name nothing else. */
export function errorOfStatus(status: number): VapiError {
  const types: Record<number, [string, string]> = {
    400: ["INVALID_ARGUMENT", "Invalid argument."],
    401: ["UNAUTHENTICATED", "Authentication required."],
    403: ["UNAUTHORIZED", "Permission to perform this operation was denied."],
    404: ["NOT_FOUND", "The object could not be found."],
    503: ["SERVICE_UNAVAILABLE", "The service is unavailable."],
  };
  const [type, message] = types[status] ?? ["ERROR", "An error occurred."];
  return new VapiError(status, type, message);
}
