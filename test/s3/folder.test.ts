import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startS3 } from "../../simulators/s3/index.ts";
import { clientOf } from "./client.ts";
import { describeS3Conformance } from "./conformance.ts";

describeS3Conformance("the folder-backed S3", async () => {
  const directory = await mkdtemp(join(tmpdir(), "s3-"));
  const simulator = await startS3({ directory, buckets: ["bucket"] });
  const client = clientOf(simulator);
  return {
    client,
    bucket: "bucket",
    async close() {
      client.destroy();
      await simulator.close();
      await rm(directory, { recursive: true });
    },
  };
});
