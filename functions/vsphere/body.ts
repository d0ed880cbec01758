import { Malformed } from "./fields.ts";
import type { HttpAnswer } from "./http.ts";

/** @throws Malformed when the body is not UTF-8 */
export function bodyText(answer: HttpAnswer): string {
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
