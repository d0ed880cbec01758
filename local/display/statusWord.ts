import { type Colour, paint } from "./text.ts";

/** What is on its way, was planned or was left out has no colour: nobody has to look at it. */
const COLOURS: Record<string, Colour> = {
  SUCCEEDED: "green",
  EXPORTED: "green",
  UNCHANGED: "green",
  FAILED: "red",
  TIMED_OUT: "red",
  ABORTED: "yellow",
  STOPPED: "yellow",
};

/** The state of an execution, or what became of a file or an item, as it is said in a line or a table. */
export function statusWord(name: string, stream: NodeJS.WritableStream): string {
  const colour = COLOURS[name];
  return colour === undefined ? words(name) : paint(colour, words(name), stream);
}

/** NOT_CACHED, as it is said. */
export function words(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}
