import { S3Client } from "@aws-sdk/client-s3";
import { describe } from "vitest";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { describeS3Conformance } from "../s3/conformance.ts";
import { describeContinuations } from "../transfer/continuations.ts";
import { describeTransfers } from "../transfer/transfers.ts";
import { makeBucket } from "./bucket.ts";
import { requireSettings } from "./settings.ts";

const settings = requireSettings();

/** It wants a key of KMS by the alias "library", which an account need not have. */
const NO_SUCH_KEY = { because: "has no key alias/library", shows: /KMS/ };
const NO_SUCH_KEY_EITHER = { because: "has no key alias/images", shows: /KMS/ };

describe("AWS", () => {
  describeS3Conformance(
    "S3",
    async () => {
      const { bucket, close } = await makeBucket(settings);
      const client = new S3Client({ region: settings.region, maxAttempts: 1 });
      return {
        client,
        bucket,
        async close() {
          client.destroy();
          await close();
        },
      };
    },
    { "storage class and encryption are kept": NO_SUCH_KEY },
  );

  const open = async () => {
    const { bucket, close } = await makeBucket(settings);
    return { client: createS3Client({ region: settings.region }), bucket, close };
  };
  describe("transfers", () =>
    describeTransfers(open, { "carries storage class and KMS key on the final object": NO_SUCH_KEY_EITHER }));
  describe("transfers over several invocations", () => describeContinuations(open));
});
