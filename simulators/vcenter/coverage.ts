/** Which bytes of a file have been sent, whatever ranges they were asked for in. */
export class Coverage {
  #intervals: { start: number; end: number }[] = [];

  add(start: number, end: number): void {
    if (start >= end) return;
    const merged = { start, end };
    const apart = this.#intervals.filter((other) => {
      if (other.end < start || other.start > end) return true;
      merged.start = Math.min(merged.start, other.start);
      merged.end = Math.max(merged.end, other.end);
      return false;
    });
    this.#intervals = [...apart, merged];
  }

  get bytes(): number {
    return this.#intervals.reduce((sum, { start, end }) => sum + end - start, 0);
  }
}
