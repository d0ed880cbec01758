import type { FileHandle } from "node:fs/promises";
import { decodeAwsChunked } from "./awsChunked.ts";
import { BatchWriter } from "./batchWriter.ts";
import {
  ALGORITHMS,
  type Algorithm,
  assertChecksumForm,
  checksumHeader,
  createHasher,
  type Hasher,
} from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { withNewFile } from "./newFile.ts";
import type { S3Request } from "./request.ts";

export interface ReceivedBody {
  /** Bytes. */
  size: number;
  /** Base64, of every algorithm asked for and of the one that the client sent. */
  checksums: Partial<Record<Algorithm, string>>;
}

/**
 * Streams the body into a new file, and compares it with every length and checksum that came with it. When
 * anything disagrees, or the client goes away, no file is left.
 * @throws S3Error BadDigest, InvalidDigest, IncompleteBody, XAmzContentSHA256Mismatch, EntityTooLarge
 */
export function receiveFile(
  request: S3Request,
  path: string,
  algorithms: Algorithm[],
  maxBytes: number,
): Promise<ReceivedBody> {
  return withNewFile(path, (file) => receiveInto(request, file, 0, algorithms, maxBytes));
}

/** As `receiveFile`, into an open file from a position on; what is there after a failure is of no use. */
export async function receiveInto(
  request: S3Request,
  file: FileHandle,
  position: number,
  algorithms: Algorithm[],
  maxBytes: number,
): Promise<ReceivedBody> {
  const writer = new BatchWriter(file, position);
  const received = await receive(request, algorithms, maxBytes, (chunk) => writer.write(chunk));
  await writer.flush();
  return received;
}

/** The body of a request that is XML. */
export async function receiveText(request: S3Request): Promise<string> {
  const chunks: Buffer[] = [];
  await receive(request, [], 8 * 1024 * 1024, async (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString("utf8");
}

async function receive(
  request: S3Request,
  algorithms: Algorithm[],
  maxBytes: number,
  sink: (chunk: Buffer) => Promise<void>,
): Promise<ReceivedBody> {
  const { headers } = request;
  const trailers: Record<string, string> = {};
  const sent = checksumHeader(headers);
  if (sent) assertChecksumForm(sent.algorithm, sent.value);
  const trailing = trailingAlgorithm(headers);
  const contentHash = headers["x-amz-content-sha256"] ?? "";
  const signedHash = /^[0-9a-f]{64}$/i.test(contentHash) ? contentHash.toLowerCase() : undefined;
  const contentMd5 = headers["content-md5"];

  const wanted = new Set<Algorithm>(algorithms);
  if (sent) wanted.add(sent.algorithm);
  if (trailing) wanted.add(trailing);
  if (signedHash) wanted.add("SHA256");
  if (contentMd5 !== undefined) wanted.add("MD5");
  const hashers = new Map<Algorithm, Hasher>();
  for (const algorithm of wanted) hashers.set(algorithm, await createHasher(algorithm));

  const body = contentHash.startsWith("STREAMING-") ? decodeAwsChunked(request.body, trailers) : request.body;
  const announced = announcedLength(request);
  if (announced > maxBytes) throw new S3Error("EntityTooLarge");
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > announced) throw new S3Error("IncompleteBody"); // nothing may be written behind its place
    for (const hasher of hashers.values()) hasher.update(chunk);
    await sink(chunk);
  }
  if (size !== announced) throw new S3Error("IncompleteBody");

  const checksums: Partial<Record<Algorithm, string>> = {};
  for (const [algorithm, hasher] of hashers) checksums[algorithm] = hasher.digest();
  if (contentMd5 !== undefined && contentMd5 !== checksums.MD5) {
    if (Buffer.from(contentMd5, "base64").length !== 16) throw new S3Error("InvalidDigest");
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  if (signedHash && Buffer.from(signedHash, "hex").toString("base64") !== checksums.SHA256) {
    throw new S3Error("XAmzContentSHA256Mismatch");
  }
  const value = sent?.value ?? (trailing && trailers[ALGORITHMS[trailing].header]);
  const algorithm = sent?.algorithm ?? trailing;
  if (algorithm && value !== checksums[algorithm]) {
    throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { size, checksums };
}

/**
 * Bytes of the body proper, without the framing of aws-chunked.
 * @throws S3Error MissingContentLength
 */
export function announcedLength(request: S3Request): number {
  const text = request.headers["x-amz-decoded-content-length"] ?? request.headers["content-length"];
  if (text === undefined || !/^\d+$/.test(text)) throw new S3Error("MissingContentLength");
  return Number(text);
}

/** The algorithm whose value comes with the body, in a header or a trailer. */
export function sentAlgorithm(headers: Record<string, string>): Algorithm | undefined {
  return checksumHeader(headers)?.algorithm ?? trailingAlgorithm(headers);
}

function trailingAlgorithm(headers: Record<string, string>): Algorithm | undefined {
  const name = headers["x-amz-trailer"];
  return name === undefined ? undefined : checksumHeader({ [name.toLowerCase()]: "" })?.algorithm;
}
