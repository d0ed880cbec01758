import { type CompletedPart, UploadPartCommand } from "@aws-sdk/client-s3";
import type { HttpRequest, SelectedHttpAuthScheme } from "@smithy/types";
import { crc32ToBase64 } from "../crc32.ts";
import type { OpenUpload } from "../request.ts";
import { identify } from "./identify.ts";
import { named, type S3Access } from "./multipartUpload.ts";

interface Part {
  number: number;
  bytes: Buffer;
  /** Base64. */
  crc32: string;
}

/** A request for a part before it was signed, and what signs such requests. */
interface Model {
  request: HttpRequest;
  auth: SelectedHttpAuthScheme;
}

/**
 * Sends the parts of one upload. The SDK makes the request for the first one. Those after it differ in number, length
 * and CRC-32 alone, so they are made like it and signed by the SDK's signer, without the SDK's other layers, which cost
 * milliseconds of JavaScript for each. What does not come to a plain success is sent by the SDK again: repeating,
 * renewing credentials and naming errors stay its own.
 */
export class PartUploads {
  readonly #access: S3Access;
  readonly #upload: OpenUpload;
  #model: Model | undefined;

  constructor(access: S3Access, upload: OpenUpload) {
    this.#access = access;
    this.#upload = upload;
  }

  /** @throws the named error for what S3 answers in the end; the reason of an aborted signal */
  async send({ number, bytes, crc32 }: Omit<Part, "crc32"> & { crc32: number }): Promise<CompletedPart> {
    const part = { number, bytes, crc32: crc32ToBase64(crc32) };
    return await named(this.#upload, this.#access.signal, async () => {
      const ETag = (await this.#sendLikeFirst(part)) ?? (await this.#sendBySdk(part));
      return { PartNumber: number, ETag, ChecksumCRC32: part.crc32 };
    });
  }

  /** @returns the part's ETag; undefined where the SDK has to send it */
  async #sendLikeFirst(part: Part): Promise<string | undefined> {
    const { s3, signal } = this.#access;
    if (this.#model === undefined) return undefined;
    const { request, auth } = this.#model;
    try {
      const { identity, signer, httpAuthOption } = auth;
      const signed = await signer.sign(like(request, part), identity, httpAuthOption.signingProperties ?? {});
      const { response } = await s3.config.requestHandler.handle(signed, { abortSignal: signal });
      response.body?.resume?.();
      if (response.statusCode === 200 && response.headers.etag) return response.headers.etag;
    } catch {
      signal.throwIfAborted();
    }
    this.#model = undefined;
    return undefined;
  }

  async #sendBySdk({ number, bytes, crc32 }: Part): Promise<string | undefined> {
    const { s3, expectedBucketOwner, signal } = this.#access;
    const command = new UploadPartCommand({
      ...identify(this.#upload),
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumCRC32: crc32,
      ExpectedBucketOwner: expectedBucketOwner,
    });
    let made: Model | undefined;
    command.middlewareStack.add(
      (next, context) => (args) => {
        const auth = context.__smithy_context?.selectedHttpAuthScheme;
        if (auth) made = { request: args.request as HttpRequest, auth }; // in a client of HTTP, which types it unknown
        return next(args);
      },
      { step: "build", priority: "low", name: "rememberPartRequest" },
    );
    const { ETag } = await s3.send(command, { abortSignal: signal });
    this.#model = made;
    return ETag;
  }
}

function like(request: HttpRequest, { number, bytes, crc32 }: Part): HttpRequest {
  const { headers, query } = request;
  return Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
    query: { ...query, partNumber: String(number) },
    headers: { ...headers, "content-length": String(bytes.length), "x-amz-checksum-crc32": crc32 },
    body: bytes,
  });
}
