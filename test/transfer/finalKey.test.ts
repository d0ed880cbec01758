import { createHash, randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { publishedBefore } from "../../functions/transfer/finalKey.ts";
import { prepareTransfer } from "./harness.ts";

const content = randomBytes(1000);
const value = createHash("sha256").update(content).digest("hex");

async function afterTransfer() {
  const transfer = await prepareTransfer({ content });
  onTestFinished(() => transfer.close());
  return { transfer, outcome: await transfer.run() };
}

test("what the same request has published is recognised, with all that its object tells", async () => {
  const { transfer, outcome } = await afterTransfer();
  const { versionId, size, checksum } = outcome;
  expect(await publishedBefore(transfer.request)).toEqual({
    versionId,
    size,
    checksum,
    itemChecksumDiffers: false,
  });
});

test.each([
  ["another one", { algorithm: "SHA256", value: "0".repeat(64) }, true],
  ["the same one, in capitals", { algorithm: "SHA256", value: value.toUpperCase() }, false],
  ["one of another algorithm", { algorithm: "SHA1", value: "0".repeat(40) }, false],
])("of an item whose checksum is %s it says whether it differs", async (_which, itemChecksum, differs) => {
  const { transfer } = await afterTransfer();
  const found = await publishedBefore({ ...transfer.request, itemChecksum });
  expect(found?.itemChecksumDiffers).toBe(differs);
});

test("what another export has published, or nothing, or an S3 that does not answer, is nothing of it", async () => {
  const { transfer } = await afterTransfer();
  const { request } = transfer;
  const { destination } = request;
  const elsewhere = [
    { ...destination, exportId: "another" },
    { ...destination, key: "nothing" },
  ];
  for (const other of elsewhere) {
    expect(await publishedBefore({ ...request, destination: other })).toBeUndefined();
  }
  transfer.s3.faults.push({ operation: "HeadObject", status: 403 });
  expect(await publishedBefore(request)).toBeUndefined();
});
