import type { Seen } from "./journey.ts";

/** Numbers of what was seen. The soak itself must not grow either, so that it keeps nothing else of what went well. */
export class Tally {
  journeys = 0;
  kills = 0;
  readonly outcomes = new Counts();
  readonly ends = new Counts();
  readonly swept = new Counts();
  /** Those that ended as none may, or left something. */
  readonly wrong: Seen[] = [];
  readonly #known: ReadonlySet<string>;

  /** @param known the outcomes that there may be */
  constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  add(seen: Seen): void {
    this.journeys += 1;
    this.kills += seen.kills;
    this.outcomes.add(seen.outcome);
    this.ends.add(seen.end);
    for (const what of seen.swept) this.swept.add(what);
    if (seen.violations.length > 0 || !this.#known.has(seen.outcome)) this.wrong.push(seen);
  }
}

export class Counts {
  readonly #counts = new Map<string, number>();

  add(word: string): void {
    this.#counts.set(word, this.of(word) + 1);
  }

  of(word: string): number {
    return this.#counts.get(word) ?? 0;
  }

  /** `3 this, 1 that`, the most frequent first. */
  toString(): string {
    const sorted = [...this.#counts].toSorted(([, a], [, b]) => b - a);
    return sorted.map(([word, count]) => `${count} ${word}`).join(", ");
  }
}
