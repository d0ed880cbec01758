import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { CreateBucketCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { makeCertificate } from "../../../simulators/vcenter/certificate.ts";
import { goProgram } from "../install/go.ts";
import { freePort, startPeer } from "../peerProcess.ts";
import { PEERS } from "../peers.ts";

export interface Versitygw {
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** PEM of the certificate that signs for itself; empty over HTTP. */
  certificate: string;
  /** A client of the SDK that asks once, so that every answer is seen. */
  client(config?: S3ClientConfig): S3Client;
  /** Makes an empty bucket and returns its name. */
  newBucket(): Promise<string>;
  close(): Promise<void>;
}

export const REGION = "us-east-1";

/**
 * Starts versitygw on a folder of its own, which is gone when it is closed.
 * @param credentials that it takes
 */
export async function startVersitygw(
  scheme: "http" | "https",
  credentials: Versitygw["credentials"] = {
    accessKeyId: randomBytes(10).toString("hex"),
    secretAccessKey: randomBytes(20).toString("hex"),
  },
): Promise<Versitygw> {
  const directory = await mkdtemp(join(tmpdir(), "versitygw-"));
  const [data, versions] = [join(directory, "data"), join(directory, "versions")];
  await Promise.all([mkdir(data), mkdir(versions)]);
  // A name of its own: of two authorities with one name, a client may try the wrong one, and only that.
  const { key, certificate } = await makeCertificate(`versitygw ${randomUUID()}`);
  const tls = [join(directory, "certificate.pem"), join(directory, "key.pem")] as const;
  await Promise.all([writeFile(tls[0], certificate), writeFile(tls[1], key)]);
  // What NODE_EXTRA_CA_CERTS does for a user: the client under test needs no setting of its own.
  setDefaultCACertificates([...getCACertificates("default"), certificate]);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `${scheme}://${address}`;
  const client = (config: S3ClientConfig = {}) =>
    new S3Client({
      endpoint: url,
      region: REGION,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    });
  const steward = client();
  let buckets = 0;
  const newBucket = async () => {
    buckets += 1;
    const Bucket = `bucket-${buckets}`;
    await steward.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  const gateway = await startPeer(
    goProgram("versitygw", PEERS.versitygw.go.versitygw),
    [
      ...["--port", address, "--region", REGION, "--quiet"],
      ...(scheme === "https" ? ["--cert", tls[0], "--key", tls[1]] : []),
      ...["posix", "--versioning-dir", versions, data],
    ],
    {
      environment: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
      ready: async () => (await newBucket()) !== "",
    },
  );
  return {
    url,
    credentials,
    certificate: scheme === "https" ? certificate : "",
    client,
    newBucket,
    async close() {
      steward.destroy();
      await gateway.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
