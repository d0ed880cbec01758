/**
 * Reads an answer's fields, whichever dialect it came in: JSON has numbers and booleans, XML only text. A field
 * that is not what the API documents is a `Malformed` that names it, never a wrong value.
 */
export class Fields {
  readonly #fields: object;
  readonly #path: string;

  /** @param path where the structure stands in the answer; empty for the answer itself */
  constructor(value: unknown, path = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Malformed(`${path || "the result"} is ${kind(value)}, not a structure`);
    }
    this.#fields = value;
    this.#path = path;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrong(name, value, "text");
  }

  /** A `long`, exactly: one beyond 2^53 is refused, because this program could not tell it from its neighbours. */
  long(name: string): number {
    return this.optionalLong(name) ?? this.#missing(name);
  }

  optionalLong(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || isBlank(value)) return undefined;
    const number = typeof value === "string" && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) throw this.#wrong(name, value, "an integer");
    if (!Number.isSafeInteger(number)) throw this.#wrong(name, value, "an integer below 2^53");
    return number;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "boolean") return value;
    const text = typeof value === "string" ? value.trim() : value;
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    if (text === "") return undefined;
    throw this.#wrong(name, value, "true or false");
  }

  /** ISO 8601. */
  optionalTime(name: string): Date | undefined {
    const text = this.optionalText(name);
    if (text === undefined || isBlank(text)) return undefined;
    const time = new Date(text.trim());
    if (Number.isNaN(time.getTime())) throw this.#wrong(name, text, "a time");
    return time;
  }

  optionalStructure(name: string): Fields | undefined {
    const value = this.#get(name);
    if (value === undefined || isBlank(value)) return undefined;
    return new Fields(value, this.#pathOf(name));
  }

  /** Whatever is there, null included; undefined when nothing is. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? Reflect.get(this.#fields, name) : undefined;
  }

  /** Empty when the list is absent. */
  list(name: string): unknown[] {
    const value = this.#get(name);
    return value === undefined ? [] : listOf(value, this.#pathOf(name));
  }

  /** JSON's null and XML's nil are an absent field. */
  #get(name: string): unknown {
    return this.raw(name) ?? undefined;
  }

  #pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  #missing(name: string): never {
    throw new Malformed(`${this.#pathOf(name)} is missing`);
  }

  #wrong(name: string, value: unknown, expected: string): Malformed {
    return new Malformed(`${this.#pathOf(name)} is ${kind(value)}, not ${expected}`);
  }
}

/** An answer that is not what the API documents. The message tells what is wrong with which field. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** The elements of a result that is a list. An empty list in XML is an element without content. */
export function listOf(value: unknown, path = "the result"): unknown[] {
  if (Array.isArray(value)) return value;
  if (isBlank(value)) return [];
  throw new Malformed(`${path} is ${kind(value)}, not a list`);
}

function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

/** Never the value itself, which may be a capability; but a number tells what is wrong with it. */
function kind(value: unknown): string {
  if (value === null || value === undefined) return "absent";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a structure";
  if (typeof value === "number" || (typeof value === "string" && /^-?\d{1,40}$/.test(value)))
    return String(value);
  return typeof value === "string" ? "text" : String(value);
}
