import { Malformed } from "./fields.ts";
import type { HttpAnswer } from "./http.ts";

/**
 * Values in one answer. A library of 100,000 items is listed with twice as many marks in XML, and once in JSON.
 * Beyond, an answer of a few megabytes becomes values of gigabytes.
 */
const MAX_MARKS = 1_000_000;
/** 1 for what a value begins or ends with: `,` `[` `{` in JSON, `<` `=` `&` in XML. */
const IS_MARK = new Uint8Array(256);
for (const mark of Buffer.from(",[{<=&")) IS_MARK[mark] = 1;

/** @throws Malformed when the body is not UTF-8, or holds more values than any answer of vCenter's */
export function bodyText(answer: HttpAnswer): string {
  let marks = 0;
  for (const byte of answer.body) marks += IS_MARK[byte] ?? 0;
  if (marks > MAX_MARKS) throw new Malformed(`it has more than ${MAX_MARKS} values`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(answer.body);
  } catch (error) {
    throw new Malformed("it is not UTF-8 text", { cause: error });
  }
}

/**
 * A proxy's or a web server's page. Other media types say nothing: vcsim sends JSON as text/plain, and what vCenter
 * calls its XML is not documented.
 */
export function looksLikeHtml(answer: HttpAnswer): boolean {
  const start = answer.body.subarray(0, 256).toString("latin1").trimStart();
  return (
    /^text\/html\b/i.test(String(answer.headers["content-type"])) || /^<(!doctype html|html)\b/i.test(start)
  );
}
