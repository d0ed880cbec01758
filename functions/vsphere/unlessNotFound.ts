import { NotFound } from "../errors.ts";

/** What vCenter answers about an object that may have disappeared since it was listed; undefined for one that has. */
export async function unlessNotFound<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
