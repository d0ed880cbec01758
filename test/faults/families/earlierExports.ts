import { PutObjectCommand } from "@aws-sdk/client-s3";
import { BUCKET } from "../../workflow/harness.ts";
import { FAULTED, type Scene } from "../scenario.ts";
import type { Around } from "./invocations.ts";

/** Around ResolveItem: the item has been exported before, and vCenter has nothing new. */
export const exportedBefore: Around = async ({ number, invoke }, { workflow }) => {
  // The earlier export resolves the item as well.
  if (number === 1) await workflow.run();
  return invoke();
};

/** The same, and of the file's object nobody can tell any more who has put it there. */
export const placeTaken: Around = async ({ number, invoke }, scene) => {
  if (number === 1) {
    await scene.workflow.run();
    await forgetOrigin(scene);
  }
  return invoke();
};

async function forgetOrigin({ workflow: { keys, object, s3Client } }: Scene): Promise<void> {
  const Key = keys().find((key) => key.endsWith(FAULTED));
  if (Key === undefined) throw new Error("the file was not exported");
  const { body: Body, metadata } = await object(Key);
  const { checksum = "", "checksum-algorithm": algorithm = "" } = metadata;
  const Metadata = { checksum, "checksum-algorithm": algorithm };
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata }));
}
