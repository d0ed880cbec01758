import { describe, expect, test } from "vitest";
import { parsePlainHead } from "../../functions/transfer/http/responseHead.ts";

const head = (...lines: string[]) => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
const plain = ["HTTP/1.1 200 OK", "Content-Length: 5", 'ETag: "v1"'];

describe("the head of a plain answer", () => {
  test("is read up to the body's first byte", () => {
    const bytes = Buffer.concat([head(...plain), Buffer.from("bytes")]);
    expect(parsePlainHead(bytes)).toEqual({
      statusCode: 200,
      headers: { "content-length": "5", etag: '"v1"' },
      headBytes: bytes.length - 5,
      bodyBytes: 5,
      keepAlive: true,
    });
  });

  test("may come in any pieces", () => {
    const bytes = head("HTTP/1.1 206 Partial Content", "content-length: 1", "content-range: bytes 0-0/9");
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parsePlainHead(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(parsePlainHead(bytes)).toMatchObject({ statusCode: 206, bodyBytes: 1 });
  });

  test("may end the connection after the body, and set cookies", () => {
    const bytes = head(...plain, "Connection: Close", "Set-Cookie: a=1", "Set-Cookie: b=2");
    expect(parsePlainHead(bytes)).toMatchObject({ keepAlive: false });
  });

  test("may have header values with blanks around and with bytes that are not ASCII", () => {
    expect(parsePlainHead(head(...plain, "X-Name: \t a\xe4 b \t"))).toMatchObject({
      headers: { "x-name": "a\xe4 b" },
    });
  });
});

describe("left to undici is an answer", () => {
  test.each([
    ["in another version of HTTP", ["HTTP/1.0 200 OK", "Content-Length: 5"]],
    ["with another status", ["HTTP/1.1 404 Not Found", "Content-Length: 5"]],
    ["with a status of four digits", ["HTTP/1.1 2000 OK", "Content-Length: 5"]],
    ["without the blank after its status", ["HTTP/1.1 200", "Content-Length: 5"]],
    ["that says more of the connection", [...plain, "Connection: keep-alive, x-more"]],
    ["that is interim", ["HTTP/1.1 100 Continue"]],
    ["without a length", ["HTTP/1.1 200 OK"]],
    ["in chunks", ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"]],
    ["with a length and in chunks", [...plain, "Transfer-Encoding: chunked"]],
    ["with two lengths", [...plain, "Content-Length: 5"]],
    ["with two lengths in one header", ["HTTP/1.1 200 OK", "Content-Length: 5, 5"]],
    ["with a length that is not decimal digits", ["HTTP/1.1 200 OK", "Content-Length: +5"]],
    ["with a length beyond what a number holds", ["HTTP/1.1 200 OK", "Content-Length: 99999999999999999999"]],
    ["that is encoded", [...plain, "Content-Encoding: gzip"]],
    ["with a folded header", [...plain, "X-Long: a", " b"]],
    ["with a blank before a colon", [...plain, "X-Blank : a"]],
    ["with a control character in a header", [...plain, "X-Control: a\x00b"]],
    ["with a bare line feed in its head", [...plain, "X-Feed: a\nContent-Length: 9"]],
    ["with trailers announced", [...plain, "Trailer: Digest"]],
    ["that changes the protocol", [...plain, "Connection: upgrade", "Upgrade: websocket"]],
  ])("%s", (_, lines) => {
    expect(parsePlainHead(head(...lines))).toBe("irregular");
  });

  test("of something that does not speak HTTP, at its first byte", () => {
    expect(parsePlainHead(Buffer.from("SSH-2.0-OpenSSH"))).toBe("irregular");
  });

  test("whose head does not end within 16 KiB", () => {
    expect(parsePlainHead(Buffer.from(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(16_384)}`))).toBe("irregular");
  });
});
