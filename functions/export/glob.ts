import { type Token, tokensOf } from "./globTokens.ts";

/**
 * Compiles a glob over file names. `*` is any run of characters but `/`, and `**` of any; `?` is one character;
 * `[a-z]` is one of a set, and `[!a-z]` one that is not; `{a,b}` is one of several globs, and `{0..3}` one character of
 * a range; `\` takes the next character as it is; `!` at the beginning turns the whole around. What is not closed
 * stands for itself.
 *
 * To match takes time in proportion to glob and name, whatever they hold: regular expressions made of globs such as
 * `*a*a*a*b` take longer than any function may run.
 */
export function compileGlob(glob: string): (name: string) => boolean {
  const negated = glob.startsWith("!") && glob.length > 1;
  const states: State[] = [];
  const start = build(tokensOf(negated ? glob.slice(1) : glob), ACCEPTED, states);
  return (name) => accepts(states, start, name) !== negated;
}

/** Goes on to the next states with a character that passes the test; without a test, with none. */
interface State {
  test?: (character: string) => boolean;
  next: number[];
}

const ACCEPTED = -1;

/** Appends the states of the tokens, the last ones first, and returns the state that they begin with. */
function build(tokens: Token[], end: number, states: State[]): number {
  let next = end;
  for (const token of tokens.toReversed()) {
    const state = states.length;
    if (token.kind === "one") states.push({ test: token.test, next: [next] });
    else if (token.kind === "run")
      states.push({ next: [next, state + 1] }, { test: token.test, next: [state] });
    else states.push({ next: token.either.map((tokens) => build(tokens, next, states)) });
    // The branches of a choice stand before it.
    next = token.kind === "choice" ? states.length - 1 : state;
  }
  return next;
}

/** All states that the name may have led to are visited together, so that no way has to be tried again. */
function accepts(states: State[], start: number, name: string): boolean {
  let current = reach(states, [start]);
  for (const character of name) {
    const next: number[] = [];
    for (const index of current) {
      const state = states[index];
      if (state?.test?.(character)) next.push(...state.next);
    }
    if (next.length === 0) return false;
    current = reach(states, next);
  }
  return current.has(ACCEPTED);
}

/** The states, and those that they lead to without a character. */
function reach(states: State[], from: number[]): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    const state = states[index];
    if (state !== undefined && state.test === undefined) open.push(...state.next);
  }
  return reached;
}
