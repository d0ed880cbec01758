import { InvalidArgumentError } from "commander";

/** A parser of options for whole numbers from 1 on. */
export function upTo(largest: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > largest) {
      throw new InvalidArgumentError(`It must be a number from 1 to ${largest}.`);
    }
    return number;
  };
}
