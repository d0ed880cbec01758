import { invalidArgument } from "./vapiError.ts";

/**
 * An operation's arguments, whichever way they came. `textual` says that the dialect or place knows nothing but
 * text (XML, a query): a number may then be written as such; JSON has to use its own types.
 */
export class Arguments {
  readonly #values: Record<string, unknown>;
  readonly #textual: boolean;

  constructor(values: Record<string, unknown>, textual: boolean) {
    this.#values = values;
    this.#textual = textual;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw invalidArgument(`The required property ${name} is missing.`, name);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw invalidArgument(`The property ${name} is not a string.`, name);
    return value;
  }

  optionalInteger(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    const number =
      this.#textual && typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isSafeInteger(number)) {
      throw invalidArgument(`The property ${name} is not an integer.`, name);
    }
    return number;
  }
}
