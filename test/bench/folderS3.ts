import { startS3 } from "../../simulators/s3/index.ts";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";

/**
 * The folder-backed S3 behind HTTPS, in a process of its own, over the folder named by the first argument. Tells its
 * parent where it is, and ends with it.
 */
const [, , directory = ""] = process.argv;
const { key, certificate } = await makeCertificate("folder");
const s3 = await startS3({ directory, buckets: ["bench"], tls: { key, cert: certificate } });
process.send?.({ url: s3.url, region: s3.region, credentials: s3.credentials, certificate });
process.once("disconnect", () => process.exit());
