import { S3Error } from "./errors.ts";

/** The most entries that S3 puts on one page of any list. */
export const PAGE = 1000;

/** S3's order of keys: by the bytes of their UTF-8. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** How keys are written into a list: as they are, or URL-encoded for keys that XML cannot hold. */
export function keyEncoding(encodingType: string | undefined): (key: string) => string {
  if (encodingType === undefined) return (key) => key;
  if (encodingType !== "url")
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  return (key) => encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
}
