import { systemClock } from "../../functions/clock.ts";
import { verifiedConnectorMaker } from "../../functions/tls.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { keepYoungGenerationSmall } from "../../functions/youngGeneration.ts";

/** This project's pipeline, as a process: moves the file named by the environment once, and ends. */
keepYoungGenerationSmall();
const { SOURCE_URL = "", SOURCE_CERTIFICATE = "", SHA1 = "", S3_URL = "", READERS } = process.env;
const { S3_BUCKET: bucket = "", S3_KEY: key = "", CHECKSUM_UNKNOWN } = process.env;
const sha1 = { algorithm: "SHA1", value: SHA1 };
const source = httpSource({
  target: {
    uri: SOURCE_URL,
    headers: {},
    connector: verifiedConnectorMaker({ certificate: SOURCE_CERTIFICATE }),
  },
  fileName: "disk.vmdk",
});
const s3 = createS3Client({ endpoint: S3_URL });
await transferFile({
  fileName: "disk.vmdk",
  source,
  destination: {
    bucket,
    key,
    staging: { bucket, key: `staging/${key}` },
    replacesETag: "*",
    exportId: key,
    metadata: {},
    tags: {},
  },
  itemChecksum: CHECKSUM_UNKNOWN ? null : sha1,
  requireChecksum: true,
  cursor: null,
  verdict: async () => ({ checksum: sha1 }),
  hooks: { async uploadOpened() {}, progress() {} },
  s3,
  clock: systemClock,
  readers: Number(READERS),
  remainingMilliseconds: () => Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
});
s3.destroy();
await source.close();
