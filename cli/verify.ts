import type { CatalogBucket } from "../functions/catalog/bucket.ts";
import type { Manifest } from "../functions/catalog/manifest.ts";
import type { StoredObject } from "../functions/catalog/objects.ts";
import { manifestsBelow, verifyFile } from "../functions/catalog/verify.ts";
import { systemClock } from "../functions/clock.ts";
import { ManifestUnreadable } from "../functions/errors.ts";
import { inParallel } from "../functions/inParallel.ts";
import { silentLogger } from "../functions/log.ts";
import { logIn } from "../functions/vsphere/client.ts";
import type { VcenterClient } from "../functions/vsphere/model.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { describeStack, outputOf } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT } from "./failure.ts";
import { readProfile } from "./profile.ts";
import { openS3 } from "./s3.ts";
import { parseS3Uri, type S3Location } from "./s3Uri.ts";
import type { Streams } from "./streams.ts";
import { compareWithVcenter } from "./verify/compareWithVcenter.ts";
import { chooseFindings, type FileFinding } from "./verify/findings.ts";

export interface VerifyOptions extends ConnectionOptions, DeploymentOptions {
  rehash?: boolean;
  againstVcenter?: boolean;
  s3Endpoint?: string;
  json?: boolean;
}

/**
 * Compares what is in a bucket with the manifests that exports have left there, and with vCenter where that is asked
 * for.
 * @param uri `s3://bucket/prefix`; absent: the whole bucket of the deployment
 * @returns the exit code: failed where anything differs, or there is nothing to compare
 */
export async function verify(
  uri: string | undefined,
  options: VerifyOptions,
  streams: Streams,
): Promise<number> {
  const { stdout, stderr, environment } = streams;
  using interrupt = listenForInterrupt(() => stderr.write("\nStopping.\n"));
  const { signal } = interrupt;
  const given = uri === undefined ? undefined : parseS3Uri(uri);
  const s3 = await openS3(options, environment);
  let client: VcenterClient | undefined;
  try {
    const { bucket, prefix }: S3Location = given ?? {
      bucket: outputOf(await describeStack(options.stack, s3), "BucketName", options.stack),
      prefix: "",
    };
    if (options.againstVcenter || options.vcenterUrl !== undefined) {
      const profile = await readProfile(options, streams);
      client = await logIn(profile, { clock: systemClock, log: silentLogger, signal });
    }
    const findings = chooseFindings(options.json ?? false, stdout);
    for await (const { key, manifest } of manifestsBelow({ s3, bucket }, prefix)) {
      if (manifest instanceof ManifestUnreadable) {
        findings.item({ key, differences: [{ kind: "UNREADABLE", message: manifest.message }] });
      } else {
        findings.item({
          key,
          manifest,
          ...(await verifyItem({ s3, bucket }, manifest, client, options, signal)),
        });
      }
    }
    const { items, differences } = findings.end(options.rehash ?? false);
    if (items === 0) stderr.write(`There is no export below s3://${bucket}/${prefix}.\n`);
    return differences > 0 || items === 0 ? EXIT.failed : EXIT.success;
  } catch (error) {
    const interrupted = interrupt.exitCode();
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    await client?.logOut();
    s3.destroy();
  }
}

/** Bytes are read by few at a time, because each takes all that the line gives. */
const READS_AT_ONCE = 2;
const HEADS_AT_ONCE = 8;

async function verifyItem(
  catalog: CatalogBucket,
  manifest: Manifest,
  client: VcenterClient | undefined,
  { rehash = false }: VerifyOptions,
  signal: AbortSignal,
): Promise<{ files: FileFinding[]; differences: FileFinding["differences"] }> {
  const objects = new Map<string, StoredObject>();
  const files = await inParallel(
    rehash ? READS_AT_ONCE : HEADS_AT_ONCE,
    manifest.files,
    async (file): Promise<FileFinding> => {
      signal.throwIfAborted();
      const { object, differences } = await verifyFile(catalog, manifest, file, { rehash, signal });
      if (object !== undefined) objects.set(file.name, object);
      return { name: file.name, key: file.key, size: file.size, checksum: file.checksum, differences };
    },
  );
  const differences: FileFinding["differences"] = [];
  if (client === undefined) return { files, differences };
  for (const { name, kind, message } of await compareWithVcenter(client, manifest, objects)) {
    const file = files.find((known) => known.name === name);
    if (file !== undefined) file.differences.push({ kind, message });
    else differences.push({ kind, message: name === null ? message : `"${name}": ${message}` });
  }
  return { files, differences };
}
