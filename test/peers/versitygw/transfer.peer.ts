import { afterAll, beforeAll, describe } from "vitest";
import { createS3Client } from "../../../functions/transfer/uploadClient.ts";
import { describeContinuations } from "../../transfer/continuations.ts";
import { describeTransfers } from "../../transfer/transfers.ts";
import { TRANSFER_DIFFERENCES } from "./differences.ts";
import { REGION, startVersitygw, type Versitygw } from "./versitygw.ts";

describe.each(["http", "https"] as const)("versitygw over %s", (scheme) => {
  let gateway: Versitygw | undefined;
  beforeAll(async () => {
    gateway = await startVersitygw(scheme);
  });
  afterAll(() => gateway?.close());

  async function open() {
    if (gateway === undefined) throw new TypeError("used before versitygw was started");
    const { url, credentials } = gateway;
    const client = createS3Client({ endpoint: url, region: REGION, credentials });
    return { client, bucket: await gateway.newBucket(), close: async () => client.destroy() };
  }

  describe("transfers", () => describeTransfers(open, TRANSFER_DIFFERENCES));
  describe("transfers over several invocations", () => describeContinuations(open));
});
