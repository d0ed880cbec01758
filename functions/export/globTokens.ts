/** A part of a glob: one character, any number of characters, or one of several globs. */
export type Token =
  | { kind: "one"; test: Test }
  | { kind: "run"; test: Test }
  | { kind: "choice"; either: Token[][] };

type Test = (character: string) => boolean;

/** Reads a glob. Any text is one: what is not closed stands for itself. */
export function tokensOf(glob: string): Token[] {
  const marks = marksOf([...glob]);
  const closing = closingBraces(marks);
  let at = 0;
  return sequence(marks.length, false);

  /** Tokens up to `end`, and up to the next comma within a choice. */
  function sequence(end: number, choice: boolean): Token[] {
    const tokens: Token[] = [];
    for (; at < end; at += 1) {
      const mark = marks[at];
      const close = closing.get(at);
      if (mark === undefined || (choice && mark === ",")) break;
      if (typeof mark !== "string") tokens.push(mark);
      else if (close === undefined) tokens.push(literal(mark));
      else tokens.push({ kind: "choice", either: alternatives(close) });
    }
    return tokens;
  }

  function alternatives(close: number): Token[][] {
    const either: Token[][] = [];
    while (at < close) {
      at += 1;
      either.push(sequence(close, true));
    }
    return either;
  }
}

/** A brace or a comma, whose meaning the others decide; or a token. */
type Mark = "{" | "," | "}" | Token;

function marksOf(characters: string[]): Mark[] {
  const marks: Mark[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    const following = characters[at + 1];
    if (character === "{" || character === "," || character === "}") {
      const range = character === "{" ? braceRange(characters, at) : undefined;
      marks.push(range ?? character);
      if (range !== undefined) at += 5;
    } else if (character === "\\" && following !== undefined) {
      marks.push(literal(following));
      at += 1;
    } else if (character === "*") {
      const across = following === "*";
      marks.push({ kind: "run", test: across ? () => true : isNoSlash });
      while (characters[at + 1] === "*") at += 1;
    } else if (character === "?") {
      marks.push({ kind: "one", test: isNoSlash });
    } else {
      const set = character === "[" ? characterSet(characters, at) : undefined;
      marks.push(set?.token ?? literal(character));
      at = set?.end ?? at;
    }
  }
  return marks;
}

const isNoSlash: Test = (character) => character !== "/";

function literal(character: string): Token {
  return { kind: "one", test: (other) => other === character };
}

/** `{a..e}` */
function braceRange(characters: string[], at: number): Token | undefined {
  const [, first = "", dot, dots, last = "", close] = characters.slice(at, at + 6);
  if (dot !== "." || dots !== "." || close !== "}") return undefined;
  return { kind: "one", test: isBetween(first, last) };
}

/** `[a-z_]`, `[!a-z_]` or `[^a-z_]`; a `]` that comes first is one of the set. */
function characterSet(characters: string[], start: number): { token: Token; end: number } | undefined {
  const negated = ["!", "^"].includes(characters[start + 1] ?? "");
  const first = start + (negated ? 2 : 1);
  const end = characters.indexOf("]", first + 1);
  if (end === -1) return undefined;
  const tests: Test[] = [];
  for (let at = first; at < end; at += 1) {
    const from = characters[at] ?? "";
    const isRange = characters[at + 1] === "-" && at + 2 < end;
    tests.push(isBetween(from, isRange ? (characters[at + 2] ?? "") : from));
    if (isRange) at += 2;
  }
  const test: Test = (character) => character !== "/" && tests.some((one) => one(character)) !== negated;
  return { token: { kind: "one", test }, end };
}

function isBetween(first: string, last: string): Test {
  const ends = [first, last].map((character) => character.codePointAt(0) ?? 0);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return codePoint >= low && codePoint <= high;
  };
}

/** Where each brace is closed that holds more than one glob. The inner ones go with it where an outer one is not closed. */
function closingBraces(marks: Mark[]): Map<number, number> {
  const closing = new Map<number, number>();
  const open: { at: number; commas: number }[] = [];
  for (const [at, mark] of marks.entries()) {
    const innermost = open.at(-1);
    if (mark === "{") open.push({ at, commas: 0 });
    else if (mark === "," && innermost) innermost.commas += 1;
    else if (mark === "}" && innermost) {
      open.pop();
      if (innermost.commas > 0) closing.set(innermost.at, at);
    }
  }
  return closing;
}
