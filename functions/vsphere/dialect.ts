import type { HttpRequest } from "./http.ts";
import type { DialectName } from "./model.ts";
import type { Operation, OperationId } from "./operations.ts";
import type { Parameters, ParameterValue } from "./route.ts";

/** How one of vCenter's APIs puts an operation, its result and its errors. */
export interface Dialect {
  name: DialectName;
  codec: Codec;
  /** Sent with the log-in only. */
  logInHeaders: Record<string, string>;
  /** @throws InvalidInput for a parameter that cannot be sent */
  encode(operation: OperationId, parameters: Parameters): EncodedRequest;
  /** Takes the result out of what the codec read. @throws Malformed */
  result(answer: unknown): unknown;
  /** Takes an error's type and messages out of what the codec read. @throws Malformed */
  error(answer: unknown): { type: string | undefined; messages: unknown[] };
}

export type EncodedRequest = Omit<HttpRequest, "body"> & {
  body: Record<string, ParameterValue | undefined> | undefined;
};

/** JSON or XML. */
export interface Codec {
  mediaType: string;
  write(operation: Operation<unknown>, body: Record<string, unknown>): string;
  /** Undefined for an empty text. @throws Malformed */
  read(operation: Operation<unknown>, text: string): unknown;
  /** @throws Malformed */
  readError(text: string): unknown;
}

export function isStructure(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
