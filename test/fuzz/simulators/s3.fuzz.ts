import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type S3Simulator, startS3 } from "../../../simulators/s3/index.ts";
import { type Raw, sendRaw } from "../../rawRequest.ts";
import { damagedBytes } from "../damage.ts";
import { share } from "../settings.ts";
import { inHeader, inPath } from "../text.ts";

const SIGNED = { authorization: "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request" };

let directory: string;
let s3: S3Simulator;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "s3-fuzz-"));
  s3 = await startS3({ directory, buckets: ["bucket"] });
  await sendRaw(s3.url, {
    method: "PUT",
    path: "/bucket/object",
    headers: SIGNED,
    body: Buffer.from("content"),
  });
});
afterAll(async () => {
  await s3?.close();
  await rm(directory, { recursive: true, force: true });
});

/** What the client has got wrong is answered as that, and never as a fault of S3's own. */
async function requireSense(raw: Raw): Promise<{ status: number; text: string }> {
  const answer = await sendRaw(s3.url, { ...raw, headers: { ...SIGNED, ...raw.headers } });
  if (answer.status !== 501) expect(answer.status, answer.text).toBeLessThan(500);
  if (answer.status >= 400 && raw.method !== "HEAD") expect(answer.text).toMatch(/<Error><Code>\w+<\/Code>/);
  return answer;
}

const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH");
const number = fc.constantFrom("0", "1", "10001", "-1", "1e3", "9".repeat(30), "", "x");
const parameter = fc
  .oneof(
    fc.constantFrom(
      "uploads",
      "versions",
      "delete",
      "list-type=2",
      "location",
      "object-lock",
      "tagging",
      "x-id=1",
    ),
    fc.tuple(
      fc.constantFrom("partNumber", "max-keys", "max-parts", "part-number-marker", "max-uploads"),
      number,
    ),
    fc.tuple(
      fc.constantFrom(
        "uploadId",
        "versionId",
        "prefix",
        "continuation-token",
        "key-marker",
        "encoding-type",
        "__proto__",
      ),
      inPath,
    ),
  )
  .map((pair) => (Array.isArray(pair) ? pair.join("=") : pair));
const query = fc.array(parameter, { maxLength: 3 }).map((parameters) => parameters.join("&"));
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom("range", "x-amz-copy-source-range"),
    fc.oneof(
      inHeader,
      number.map((n) => `bytes=${n}-${n}`),
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      "x-amz-copy-source",
      "x-amz-checksum-crc32",
      "x-amz-checksum-algorithm",
      "x-amz-sdk-checksum-algorithm",
      "x-amz-checksum-type",
      "x-amz-mp-object-size",
      "x-amz-decoded-content-length",
      "x-amz-trailer",
      "x-amz-tagging",
      "x-amz-storage-class",
      "x-amz-expected-bucket-owner",
      "content-md5",
      "if-match",
      "if-none-match",
    ),
    fc.oneof(inHeader, number, fc.constantFrom("*", "CRC32", "/bucket/object", "FULL_OBJECT", "COMPOSITE")),
  ),
  fc.tuple(
    fc.constant("x-amz-content-sha256"),
    fc.constantFrom("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "0".repeat(64), "x"),
  ),
);
const headers = fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));

describe("the simulator of S3 answers", () => {
  test("every path and query, and goes on to answer", async () => {
    const path = fc
      .tuple(fc.constantFrom("/bucket/", "/bucket/object", "/", "//", "/elsewhere/"), inPath, query)
      .map(([start, key, asked]) => `${start}${key.replaceAll("?", "%3F")}?${asked}`);
    await fc.assert(
      fc.asyncProperty(method, path, headers, async (method, path, headers) => {
        await requireSense({ method, path, headers });
      }),
      share(3),
    );
    expect((await requireSense({ method: "GET", path: "/bucket/object" })).status).toBe(200);
  });

  test("every object's key that it takes with that object's bytes", async () => {
    const content = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(inPath, content, async (key, body) => {
        const path = `/bucket/keys/${key.replaceAll("?", "%3F")}`;
        const put = await requireSense({ method: "PUT", path, body });
        if (put.status !== 200) return;
        const { status, text } = await requireSense({ method: "GET", path });
        expect({ status, text }).toEqual({ status: 200, text: body.toString() });
      }),
    );
  });

  test("every body of an operation that takes XML", async () => {
    const part = fc
      .tuple(number, inPath)
      .map(([part, etag]) => `<Part><PartNumber>${part}</PartNumber><ETag>${etag}</ETag></Part>`);
    const object = fc
      .tuple(inPath, inPath)
      .map(([key, version]) => `<Object><Key>${key}</Key><VersionId>${version}</VersionId></Object>`);
    const list = (root: string, of: fc.Arbitrary<string>) =>
      fc.array(of, { maxLength: 3 }).map((elements) => `<${root}>${elements.join("")}</${root}>`);
    const either = (documents: fc.Arbitrary<string>) =>
      fc.oneof(
        documents.map((text) => Buffer.from(text)),
        damagedBytes(documents),
      );
    await fc.assert(
      fc.asyncProperty(
        either(list("CompleteMultipartUpload", part)),
        either(list("Delete", object)),
        async (parts, objects) => {
          const created = await requireSense({ method: "POST", path: "/bucket/parts?uploads" });
          const id = /<UploadId>(.+)<\/UploadId>/.exec(created.text)?.[1];
          const path = `/bucket/parts?uploadId=${id}`;
          expect((await requireSense({ method: "POST", path, body: parts })).status).toBeGreaterThanOrEqual(
            400,
          );
          const headers = { "content-md5": createHash("md5").update(objects).digest("base64") };
          await requireSense({ method: "POST", path: "/bucket/?delete", headers, body: objects });
          await requireSense({ method: "DELETE", path });
        },
      ),
    );
  });

  test("every chunked body", async () => {
    const chunks = fc
      .array(fc.string({ unit: fc.constantFrom(..."ab\r\n0;"), minLength: 1, maxLength: 20 }), {
        maxLength: 3,
      })
      .map((pieces) =>
        [...pieces, ""].map((piece) => `${piece.length.toString(16)}\r\n${piece}${piece && "\r\n"}`).join(""),
      )
      .map((body) => `${body}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          chunks.map((text) => Buffer.from(text)),
          damagedBytes(chunks),
        ),
        fc.nat({ max: 60 }),
        async (body, length) => {
          const headers = {
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": String(length),
            "x-amz-trailer": "x-amz-checksum-crc32",
          };
          await requireSense({ method: "PUT", path: "/bucket/chunked", headers, body });
        },
      ),
    );
  });
});
