import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { Bucket, type DefaultRetention } from "./bucket.ts";
import type { Fault } from "./faults.ts";
import { AWS_LIMITS, type Limits } from "./limits.ts";
import { createS3Server } from "./server.ts";
import { Uploads } from "./uploads.ts";

export type { Fault } from "./faults.ts";
export type { Limits } from "./limits.ts";

export interface S3Options {
  /** Objects are plain files in it: `<directory>/<bucket>/<key>`; all else is in `<directory>/.s3`. */
  directory: string;
  buckets: string[];
  /** @default any free port */
  port?: number;
  /** PEM; with it the simulator speaks HTTPS. */
  tls?: { key: string; cert: string };
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
  /** @default false; buckets with Object Lock are always versioned */
  versioned?: boolean;
  faults?: Fault[];
  /** Default retention, by bucket. */
  objectLock?: Record<string, DefaultRetention>;
  /** 12-digit account that owns the buckets. */
  owner?: string;
  /** Where a test cannot use bodies as large as AWS's limits. @default AWS's */
  limits?: Partial<Limits>;
}

export interface S3Simulator {
  url: string;
  region: string;
  /** Generated; any others are accepted as well. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** May be added to and emptied at any time. */
  faults: Fault[];
  /** Each fault as often as it was met. */
  faultsMet: readonly Fault[];
  /** The operations that were asked for, in the order of arrival. */
  requests: string[];
  /**
   * Empties these two lists, and forgets the answers that it would repeat to whoever completes an upload again: all
   * that otherwise grows for as long as it runs.
   */
  forgetHistory(): void;
  openUploads(): { bucket: string; key: string; uploadId: string }[];
  /** Numbers of the parts that an open upload has. */
  storedParts(uploadId: string): number[];
  /** Forgets a part of an open upload, as no S3 should. */
  losePart(uploadId: string, number: number): void;
  /** Keys of the bucket, in S3's order. */
  objects(bucket: string): string[];
  close(): Promise<void>;
}

/**
 * Starts an S3 on 127.0.0.1, with path-style addresses, that keeps its objects in a folder.
 * What it does follows AWS; what it does not do it refuses with 501.
 */
export async function startS3(options: S3Options): Promise<S3Simulator> {
  const now = options.now ?? Date.now;
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const buckets = new Map<string, Bucket>();
  for (const name of options.buckets) {
    if (!BUCKET_NAME.test(name)) throw new TypeError(`"${name}" is not a bucket name that S3 allows`);
    const retention = options.objectLock?.[name];
    const versioned = options.versioned === true || retention !== undefined;
    const bucket = new Bucket({ directory, name, versioned, retention, now });
    await bucket.load();
    buckets.set(name, bucket);
  }
  const uploads = new Uploads();
  const region = "us-east-1";
  const owner = options.owner ?? "123456789012";
  const limits = { ...AWS_LIMITS, ...options.limits };
  const faults = options.faults ?? [];
  const faultsMet: Fault[] = [];
  const requests: string[] = [];
  const context = { buckets, uploads, limits, region, owner, now };
  const { server, close } = createS3Server({ context, faults, faultsMet, requests, tls: options.tls });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const find = (uploadId: string) => uploads.list().find(({ id }) => id === uploadId);
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");

  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${address.port}`,
    region,
    credentials: {
      accessKeyId: randomBytes(10).toString("hex"),
      secretAccessKey: randomBytes(20).toString("hex"),
    },
    faults,
    faultsMet,
    requests,
    forgetHistory() {
      for (const history of [faultsMet, requests]) history.length = 0;
      uploads.forgetCompletions();
    },
    openUploads: () => uploads.list().map(({ bucket, key, id }) => ({ bucket, key, uploadId: id })),
    storedParts: (uploadId) => [...(find(uploadId)?.parts.keys() ?? [])],
    losePart(uploadId, number) {
      find(uploadId)?.parts.delete(number);
    },
    objects: (name) => buckets.get(name)?.keys() ?? [],
    close,
  };
}

/** Source: "General purpose bucket naming rules", S3 user guide. */
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
