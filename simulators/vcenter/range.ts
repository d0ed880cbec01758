export interface RangeAnswer {
  status: 200 | 206 | 416;
  /** Offset of the first byte that is sent. */
  start: number;
  /** Offset after the last. */
  end: number;
}

/** What RFC 9110 has a server answer to the header `Range`: what it cannot parse is as if it were not there. */
export function rangeAnswer(header: string | undefined, size: number, ofEmptyFile: 200 | 416): RangeAnswer {
  const whole: RangeAnswer = { status: 200, start: 0, end: size };
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return whole;
  if (size === 0 && ofEmptyFile === 200) return whole;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start >= size || (first === "" && Number(last) === 0)) return { status: 416, start: 0, end: 0 };
  return start < end ? { status: 206, start, end } : whole;
}
