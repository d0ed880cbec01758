export interface ContentRange {
  /** Offset of the first byte; 0 in an unsatisfied range. */
  start: number;
  /** Offset behind the last byte; 0 in an unsatisfied range. */
  end: number;
  /** Bytes of the whole; undefined when the server does not know. */
  total: number | undefined;
}

/**
 * Reads `bytes 0-99/100`, `bytes 0-99/*` and, of a 416, `bytes * /100` (without the blank).
 * Returns undefined for anything else, and for numbers that contradict each other (RFC 9110, 14.4).
 */
export function parseContentRange(header: string | string[] | undefined): ContentRange | undefined {
  if (typeof header !== "string") return undefined;
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(header.trim());
  if (!match) return undefined;
  const [, first, last, whole] = match;
  const total = whole === "*" ? undefined : Number(whole);
  if (first === undefined || last === undefined)
    return total === undefined ? undefined : { start: 0, end: 0, total };
  const start = Number(first);
  const end = Number(last) + 1;
  if (end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, total };
}
