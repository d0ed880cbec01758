import { systemClock } from "../../functions/clock.ts";
import { verifiedConnectorMaker } from "../../functions/tls.ts";
import { httpSource } from "../../functions/transfer/httpSource.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { createS3Client } from "../../functions/transfer/uploadClient.ts";

/** This project's pipeline, as a process: moves the file named by the environment once, and ends. */
const { SOURCE_URL = "", SOURCE_CA = "", SHA256 = "", S3_URL = "", S3_KEY = "" } = process.env;
const source = httpSource({
  target: { uri: SOURCE_URL, headers: {}, connector: verifiedConnectorMaker({ certificate: SOURCE_CA }) },
  fileName: "disk.vmdk",
});
const s3 = createS3Client({ endpoint: S3_URL, region: "us-east-1" });
await transferFile({
  fileName: "disk.vmdk",
  source,
  destination: {
    bucket: "bench",
    key: S3_KEY,
    staging: { bucket: "bench", key: `staging/${S3_KEY}` },
    replacesETag: "*",
    exportId: S3_KEY,
    metadata: {},
    tags: {},
  },
  itemChecksum: { algorithm: "SHA256", value: SHA256 },
  requireChecksum: true,
  cursor: null,
  verdict: async () => ({}),
  hooks: { async uploadOpened() {}, progress() {} },
  s3,
  clock: systemClock,
  remainingMilliseconds: () => Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
});
s3.destroy();
await source.close();
console.log(process.resourceUsage().maxRSS);
