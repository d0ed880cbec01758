import { InvalidInput } from "../functions/errors.ts";

export interface ItemName {
  library: string;
  item: string;
}

/**
 * Every way to read `LIBRARY/ITEM`. Both names may hold slashes, so each slash may be the one between them; what
 * exists decides. One slash leaves one reading.
 * @throws InvalidInput when there is none
 */
export function readingsOf(text: string): ItemName[] {
  const readings: ItemName[] = [];
  for (let at = text.indexOf("/"); at !== -1; at = text.indexOf("/", at + 1)) {
    const reading = { library: text.slice(0, at), item: text.slice(at + 1) };
    if (reading.library !== "" && reading.item !== "") readings.push(reading);
  }
  if (readings.length === 0) {
    throw new InvalidInput(
      `"${text}" is not of the form LIBRARY/ITEM. (An item can also be named by --item-id.)`,
    );
  }
  return readings;
}
