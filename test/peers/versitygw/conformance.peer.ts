import { describe } from "vitest";
import { describeS3Conformance } from "../../s3/conformance.ts";
import { DIFFERENCES } from "./differences.ts";
import { startVersitygw } from "./versitygw.ts";

describe.each(["http", "https"] as const)("versitygw over %s", (scheme) => {
  describeS3Conformance(
    "S3",
    async () => {
      const gateway = await startVersitygw(scheme);
      const client = gateway.client();
      return {
        client,
        bucket: await gateway.newBucket(),
        async close() {
          client.destroy();
          await gateway.close();
        },
      };
    },
    DIFFERENCES,
  );
});
