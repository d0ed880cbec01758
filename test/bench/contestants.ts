import type { Programs } from "./programs.ts";
import type { BenchFile, BenchSource } from "./source.ts";
import type { BenchTarget } from "./targets.ts";

/** A way to move a file from an HTTPS source to S3. What to move is in the environment: see `environmentOf`. */
export interface Contestant {
  name: string;
  command: readonly string[];
  /** It signs nothing. */
  unsigned?: boolean;
}

export interface Job {
  source: BenchSource;
  file: BenchFile;
  target: BenchTarget;
  key: string;
  /** PEM file of the authorities of both ends. */
  bundle: string;
  /** Ranges at the same time, over connections that send no faster than `PACED_BYTES_PER_SECOND`; absent: one pass. */
  pacedReaders?: number;
  /** Nothing is said of the file's checksum before the file has passed: it goes by way of a staging object. */
  checksumUnknown?: boolean;
}

export const PIPELINE = "this pipeline";
export const GO = "Go program";
export const BARE = "bare Node";
export const FLOOR = "curl to /dev/null";

/** Whoever can take part. */
export function contestants({ go, rclone, awsPython, script }: Programs): Contestant[] {
  const all = [
    { name: PIPELINE, command: [process.execPath, script("pipeline")] },
    { name: GO, command: [go("mover")] },
    { name: BARE, command: [process.execPath, script("bareNode")], unsigned: true },
    { name: "lib-storage", command: [process.execPath, script("libStorage")] },
    rclone && { name: "rclone copyurl", command: ["bash", "-c", RCLONE, rclone] },
    awsPython && { name: "curl, tee, aws s3 cp", command: ["bash", "-c", PIPE, awsPython] },
    { name: FLOOR, command: ["bash", "-c", 'curl -sS --cacert "$BUNDLE" -o /dev/null "$SOURCE_URL"'] },
  ];
  return all.filter((contestant) => typeof contestant === "object");
}

const RCLONE = `
unset AWS_CA_BUNDLE # its AWS library cannot take it beside --ca-cert
exec "$0" copyurl "$SOURCE_URL" ":s3:$S3_BUCKET/$S3_KEY" --config /dev/null --ca-cert "$BUNDLE" --s3-provider Other \\
  --s3-endpoint "$S3_URL" --s3-env-auth --s3-region "$AWS_REGION" --s3-chunk-size 8M --s3-upload-concurrency 4 \\
  --s3-no-check-bucket --expect-continue-timeout 0`;

const PIPE = `
set -e -o pipefail
mkfifo "$FIFO"
trap 'rm -f "$FIFO" "$FIFO.sha1"' EXIT
openssl sha1 -r < "$FIFO" > "$FIFO.sha1" &
curl -sS --cacert "$BUNDLE" "$SOURCE_URL" | tee "$FIFO" |
  "$0" -m awscli s3 cp - "s3://$S3_BUCKET/$S3_KEY" --endpoint-url "$S3_URL" --only-show-errors --expected-size "$SIZE"
wait
grep -q "$SHA1" "$FIFO.sha1"`;

export function environmentOf({ source, file, target, key, bundle, ...job }: Job): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return {
    ...{ PATH, HOME },
    SOURCE_URL: job.pacedReaders === undefined ? file.url : file.pacedUrl,
    SOURCE_CERTIFICATE: source.certificate,
    SHA1: file.sha1,
    SIZE: String(file.bytes),
    READERS: String(job.pacedReaders ?? 1),
    CHECKSUM_UNKNOWN: job.checksumUnknown ? "yes" : "",
    S3_URL: target.url,
    S3_BUCKET: target.bucket,
    S3_KEY: key,
    FIFO: `${bundle}.fifo`,
    BUNDLE: bundle,
    NODE_EXTRA_CA_CERTS: bundle,
    SSL_CERT_FILE: bundle,
    AWS_CA_BUNDLE: bundle,
    AWS_REGION: target.region,
    AWS_DEFAULT_REGION: target.region,
    AWS_ACCESS_KEY_ID: target.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.credentials.secretAccessKey,
  };
}
