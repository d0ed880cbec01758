import { styleText } from "node:util";
import Table from "cli-table3";

/** Shows control characters as escapes, so that a name from the server cannot steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/**
 * A line of JSON. What JSON leaves as it is and a terminal may obey (U+009B begins a control sequence, U+202E turns the
 * direction) is written as an escape, which every reader of JSON undoes.
 */
export function jsonLine(value: object): string {
  const json = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
    return units.map((unit) => `\\u${unit}`).join("");
  });
  return `${json}\n`;
}

/** A paragraph that may hold line ends of our own, and nothing else that steers a terminal. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

export type Colour = "green" | "red" | "yellow" | "dim" | "bold";

/** Coloured where the stream is a terminal and NO_COLOR is not set. */
export function paint(colour: Colour, text: string, stream: NodeJS.WritableStream): string {
  return styleText(colour, text, { stream });
}

export interface Column {
  title: string;
  align?: "left" | "right";
}

/** A table without lines, two blanks between its columns. Cells must have gone through `printable`. */
export function table(columns: Column[], rows: string[][]): string {
  const bare = { top: "", "top-mid": "", "top-left": "", "top-right": "", mid: "", "left-mid": "" };
  const chars = {
    ...bare,
    ...{
      "mid-mid": "",
      "right-mid": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
    },
    ...{ left: "", right: "", middle: "  " },
  };
  const drawn = new Table({
    head: columns.map((column) => column.title),
    chars,
    colAligns: columns.map((column) => column.align ?? "left"),
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
