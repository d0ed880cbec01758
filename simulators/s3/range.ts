import { S3Error } from "./errors.ts";

/**
 * The bytes `start` up to, not including, `end` that a Range header means in an object of `size` bytes; undefined
 * when there is no header, or one that HTTP says to ignore.
 * @throws S3Error InvalidRange
 */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= size || start >= end) {
    throw new S3Error("InvalidRange", undefined, { "content-range": `bytes */${size}` });
  }
  return { start, end };
}

/**
 * `x-amz-copy-source-range`, which must be `bytes=first-last` and lie within the source.
 * @throws S3Error InvalidArgument
 */
export function parseCopyRange(header: string, size: number): { start: number; end: number } {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw new S3Error(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    );
  }
  if (Number(last) >= size) {
    throw new S3Error("InvalidArgument", `Range specified is not valid for source object of size: ${size}`);
  }
  return { start: Number(first), end: Number(last) + 1 };
}
