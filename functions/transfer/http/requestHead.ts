/**
 * The head of a request. Undefined where a character of it could mean something to HTTP, so that nothing that came
 * from elsewhere adds a header or a request of its own: a full HTTP client is to judge then.
 */
export function requestHead(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): Buffer | undefined {
  const all = Object.entries(headers);
  const plain =
    /^[\x21-\x7e]+$/.test(target) &&
    all.every(([name, value]) => /^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value));
  if (!plain) return undefined;
  const lines = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}
