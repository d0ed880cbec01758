import { createHash, randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { DestinationUnavailable } from "../../functions/errors.ts";
import { describeContinuations, invoke } from "./continuations.ts";
import { openFolder, prepareTransfer } from "./harness.ts";

describeContinuations(openFolder);

test("a state that is run again finds its upload again after passing trouble of S3", async () => {
  const content = randomBytes(22 * 1024 ** 2 + 7);
  const itemChecksum = { algorithm: "SHA1", value: createHash("sha1").update(content).digest("hex") };
  const transfer = await prepareTransfer({ content }, { itemChecksum });
  onTestFinished(() => transfer.close());
  const outcome = await invoke(transfer, null, 2);
  const cursor = outcome.done ? undefined : outcome.cursor;
  transfer.s3.faults.push({ operation: "UploadPart", times: 99, status: 503 });
  await expect(invoke(transfer, cursor, 9)).rejects.toThrow(DestinationUnavailable);
  expect(transfer.s3.openUploads()).toHaveLength(1);
  transfer.s3.faults.length = 0;
  expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
  expect(transfer.uploads).toHaveLength(1);
  expect(await transfer.holds(content)).toBe(true);
});
