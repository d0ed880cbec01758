/**
 * How a measure grew from one time at which nothing runs to the next: the median, which a first use of something
 * cannot move, as it is seen in one round, while what leaks is seen in each.
 * @param measures one for each of these times, in their order
 * @throws RangeError when there are fewer than three
 */
export function usualGrowth(measures: number[]): number {
  const steps = measures.slice(1).map((measure, index) => measure - (measures[index] ?? measure));
  if (steps.length < 2) throw new RangeError("the growth of fewer than two rounds is nothing to judge by");
  const sorted = steps.toSorted((a, b) => a - b);
  // Of an even number the lower one: whoever judges wants to know what at least half of the rounds reached.
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** How a measure grew from the first of these times to the last. */
export function wholeGrowth(measures: number[]): number {
  return (measures.at(-1) ?? 0) - (measures[0] ?? 0);
}
