import { InvalidInput, KeyTooLong } from "../errors.ts";
import type { ObjectLocation } from "../workflow.ts";

/** S3's limit for a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * Where everything of an export lies in a bucket. No name of vCenter's can act as a path: `<prefix>` holds
 * `<library>/<item>/<file>` with each name encoded, and what begins with `.` is this program's own.
 */
export function itemFolder(prefix: string, libraryName: string, itemName: string): string {
  return `${libraryFolder(prefix, libraryName)}${encodeName(itemName)}/`;
}

export function libraryFolder(prefix: string, libraryName: string): string {
  return `${prefix}${encodeName(libraryName)}/`;
}

/** @throws KeyTooLong */
export function fileKey(prefix: string, libraryName: string, itemName: string, fileName: string): string {
  return checkedKey(
    itemFolder(prefix, libraryName, itemName) + encodeName(fileName),
    `the file ${JSON.stringify(fileName)}`,
  );
}

/** @throws KeyTooLong */
export function manifestKey(prefix: string, libraryName: string, itemName: string): string {
  return checkedKey(
    `${itemFolder(prefix, libraryName, itemName)}.export.json`,
    `the manifest of item ${JSON.stringify(itemName)}`,
  );
}

/** The folder that holds the records of one execution's files. */
export function runFolder(prefix: string, run: string): string {
  return checkedKey(`${prefix}.library-export/runs/${encodeName(run)}/`, `the records of run ${run}`);
}

/** Where the bytes of a file wait that cannot be published directly. */
export function stagingKey(prefix: string, run: string, index: number): string {
  return checkedKey(
    `${prefix}.library-export/staging/${encodeName(run)}/${index}`,
    `the staging object of run ${run}`,
  );
}

/**
 * Encodes a name so that no two names look alike and none can act in a key: `/`, `\`, `%`, control characters,
 * what XML cannot carry, and a leading `.` become `%XX` of their UTF-8 bytes. Everything else stays readable.
 */
export function encodeName(name: string): string {
  // A bare "%" is what no encoding of a character gives.
  if (name === "") return "%";
  let encoded = "";
  for (const character of name) {
    const acts = ACTING.test(character) || (encoded === "" && character === ".");
    encoded += acts ? percentEncode(character) : character;
  }
  return encoded;
}

const ACTING = /[/\\%\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

function percentEncode(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const bytes = isLoneSurrogate(codePoint)
    ? [0xe0 | (codePoint >> 12), 0x80 | ((codePoint >> 6) & 0x3f), 0x80 | (codePoint & 0x3f)]
    : [...Buffer.from(character, "utf8")];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** Buffer writes every lone surrogate as U+FFFD, so that two names would get one key. */
function isLoneSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/**
 * A prefix as this program uses it: empty, or ending with `/`.
 * @throws InvalidInput naming the field, where a part of the prefix could act as a path or is this program's own
 */
export function normalizePrefix(prefix: string, field: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, "");
  if (trimmed === "") return "";
  for (const part of trimmed.split("/")) {
    if (part === "" || part === "." || part === "..") {
      throw new InvalidInput(
        `${field}: ${JSON.stringify(prefix)} has an empty part, or one that is "." or ".."`,
      );
    }
    if (part === ".library-export") {
      throw new InvalidInput(`${field}: ".library-export" is where this program keeps its own records`);
    }
    if (/[\p{Cc}\p{Cs}]/u.test(part)) {
      throw new InvalidInput(`${field}: ${JSON.stringify(prefix)} has a control character`);
    }
  }
  return `${trimmed}/`;
}

/** `s3://bucket/key`, for messages. */
export function objectUrl({ bucket, key }: ObjectLocation): string {
  return `s3://${bucket}/${key}`;
}

function checkedKey(key: string, what: string): string {
  const bytes = Buffer.byteLength(key, "utf8");
  if (bytes > MAX_KEY_BYTES) {
    throw new KeyTooLong(
      `The key for ${what} would have ${bytes} bytes, and S3 allows ${MAX_KEY_BYTES}: choose a shorter prefix`,
    );
  }
  return key;
}
