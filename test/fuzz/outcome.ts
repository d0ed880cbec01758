import { inspect } from "node:util";
import { expect } from "vitest";
import { ExportError } from "../../functions/errors.ts";

type ErrorClass = new (...args: never[]) => Error;

/** Of a call that took hostile input: its value, or the named error that it was refused with. */
export type Outcome<T> = { value: T; error?: undefined } | { error: Error };

/**
 * Calls, and lets no error pass but those of errors.ts.
 * @param also errors within a room, which its callers give a name of errors.ts
 * @param secrets no error may hold them, nor any of its causes
 */
export async function outcomeOf<T>(
  call: () => T | Promise<T>,
  { also = [], secrets = [] }: { also?: ErrorClass[]; secrets?: string[] } = {},
): Promise<Outcome<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return refused(error, also, secrets);
  }
}

/** The same of a call that returns at once. */
export function outcomeNow<T>(
  call: () => T,
  { also = [], secrets = [] }: { also?: ErrorClass[]; secrets?: string[] } = {},
): Outcome<T> {
  try {
    return { value: call() };
  } catch (error) {
    return refused(error, also, secrets);
  }
}

function refused(error: unknown, also: ErrorClass[], secrets: string[]): { error: Error } {
  if (!(error instanceof ExportError) && !(error instanceof Error && also.some((it) => error instanceof it)))
    throw error;
  const told = inspect(error, { depth: 10 });
  for (const secret of secrets) expect(told).not.toContain(secret);
  return { error };
}
