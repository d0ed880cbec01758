import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { sendBodiesDirectly } from "./directBodies.ts";
import { repeatPassingRefusals } from "./repeatedRefusals.ts";

export interface S3ClientOptions {
  /** Of an S3-compatible server; absent: AWS. */
  endpoint?: string;
  region?: string;
  credentials?: S3ClientConfig["credentials"];
  /** Sign payloads although they travel over TLS, for buckets whose policy denies UNSIGNED-PAYLOAD. */
  signPayloads?: boolean;
  /**
   * Longest time in which no byte moves, of a silent server, not a slow one: CompleteMultipartUpload of a large object
   * may take minutes. @default 300000
   */
  silenceMilliseconds?: number;
}

/** Connections for the parts of several files at once. */
const MAX_SOCKETS = 64;

/**
 * The S3 client that everything uses. Checksums are precomputed by the transfer, so the SDK adds none of its own;
 * over TLS the payload is not hashed a second time for the signature. Retries are the SDK's standard ones.
 */
export function createS3Client(options: S3ClientOptions = {}): S3Client {
  const { silenceMilliseconds = 300_000 } = options;
  const client = new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    credentials: options.credentials,
    forcePathStyle: options.endpoint !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 6,
    // With it, the SDK opens a new connection, TLS handshake included, for every part.
    expectContinueHeader: false,
    requestHandler: {
      httpsAgent: { maxSockets: MAX_SOCKETS, keepAlive: true },
      httpAgent: { maxSockets: MAX_SOCKETS, keepAlive: true },
      connectionTimeout: 10_000,
      socketTimeout: silenceMilliseconds,
    },
  });
  if (!options.signPayloads) leavePayloadsUnsigned(client);
  sendBodiesDirectly(client, silenceMilliseconds);
  repeatPassingRefusals(client);
  return client;
}

/** Plain HTTP keeps the signed payload: there nothing else protects it. */
function leavePayloadsUnsigned(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { protocol?: string; body?: unknown; headers: Record<string, string> }; // the SDK's HttpRequest, typed unknown here
      if (request.protocol === "https:" && request.body instanceof Uint8Array) {
        request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      }
      return next(args);
    },
    { step: "build", name: "leavePayloadsUnsigned" },
  );
}
