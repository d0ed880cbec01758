/**
 * Text in a header that may hold ASCII alone. S3 hands user metadata that is not ASCII back as RFC 2047 encoded
 * words; writing them so in the first place makes the text survive every client and proxy on the way.
 */
export function encodeHeaderText(text: string): string {
  const plain = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text) && !text.includes("=?");
  if (plain) return text;
  return chunks(text)
    .map((chunk) => `=?UTF-8?B?${Buffer.from(chunk, "utf8").toString("base64")}?=`)
    .join(" ");
}

/** Reads what `encodeHeaderText` or S3 wrote; text without encoded words comes back as it is. */
export function decodeHeaderText(header: string): string {
  // White space between two encoded words is not part of the text (RFC 2047, section 6.2).
  const joined = header.replace(/(\?=)\s+(?==\?)/g, "$1");
  return joined.replace(/(?:=\?utf-8\?([bq])\?([^?]*)\?=)/gi, (_word, encoding: string, content: string) =>
    encoding.toLowerCase() === "b" ? Buffer.from(content, "base64").toString("utf8") : decodeQ(content),
  );
}

function decodeQ(content: string): string {
  const bytes: number[] = [];
  for (const [token] of content.matchAll(/=[0-9a-f]{2}|[^=]|=/gi)) {
    if (token.length === 3) bytes.push(Number.parseInt(token.slice(1), 16));
    else bytes.push(...Buffer.from(token === "_" ? " " : token, "utf8"));
  }
  return Buffer.from(bytes).toString("utf8");
}

/** An encoded word has at most 75 characters (RFC 2047, section 2): 45 bytes are 60 of base64. */
function chunks(text: string): string[] {
  const result: string[] = [];
  let chunk = "";
  for (const character of text) {
    if (Buffer.byteLength(chunk + character, "utf8") > 45) {
      result.push(chunk);
      chunk = "";
    }
    chunk += character;
  }
  return [...result, chunk];
}
