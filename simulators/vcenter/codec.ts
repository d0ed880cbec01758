import type { OperationName } from "./operations.ts";
import { invalidArgument, type VapiError } from "./vapiError.ts";

/** How arguments, results and errors are written. */
export interface Codec {
  contentType: string;
  /** Whether all values come as text. */
  textual: boolean;
  /** @throws VapiError for a body that is not what it should be */
  decode(body: string, operation: OperationName): Record<string, unknown>;
  /** An empty string for an operation without a result. */
  encode(operation: OperationName, value: unknown): string;
  /** `errorType` null leaves the type out, as the reference allows. */
  encodeError(error: VapiError, errorType: string | null): string;
}

/** Bare values. */
export const apiCodec: Codec = {
  contentType: "application/json",
  textual: false,
  decode: decodeJson,
  encode: (_, value) => (value === undefined ? "" : JSON.stringify(value)),
  encodeError: (error, errorType) =>
    JSON.stringify({ error_type: errorType ?? undefined, messages: messagesOf(error) }),
};

/** Values within `value`, errors by the name of their class. */
export const restJsonCodec: Codec = {
  contentType: "application/json",
  textual: false,
  decode: decodeJson,
  encode: (_, value) => (value === undefined ? "" : JSON.stringify({ value })),
  encodeError: (error, errorType) => JSON.stringify(restError(error, errorType)),
};

export function restError(error: VapiError, errorType: string | null) {
  return {
    type: errorType === null ? undefined : `com.vmware.vapi.std.errors.${errorType.toLowerCase()}`,
    value: { messages: messagesOf(error) },
  };
}

function messagesOf(error: VapiError) {
  const id = `simulator.${error.errorType.toLowerCase()}`;
  return [{ id, default_message: error.message, args: error.args }];
}

function decodeJson(body: string): Record<string, unknown> {
  if (body === "") return {};
  return structure(parseJson(body));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalidArgument("The body is not JSON.");
  }
}

/** @throws VapiError for anything but a structure */
export function structure(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidArgument("The body or a part of it is not a structure.");
  }
  return { ...value };
}
