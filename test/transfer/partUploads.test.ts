import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { CreateMultipartUploadCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationDenied } from "../../functions/errors.ts";
import { PartUploads } from "../../functions/transfer/s3/partUploads.ts";
import { openFolder } from "./harness.ts";

const parts = [1, 2, 3].map((number) => ({ number, bytes: randomBytes(5 * 1024 ** 2 + number) }));

async function prepare() {
  const folder = await openFolder();
  onTestFinished(() => folder.close());
  const { bucket, client, s3 } = folder;
  const { UploadId: uploadId = "" } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: "k", ChecksumAlgorithm: "CRC32" }),
  );
  const commands: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = "" }) => {
      commands.push(commandName);
      return next;
    },
    { step: "initialize" },
  );
  const stopping = new AbortController();
  const access = {
    s3: client,
    expectedBucketOwner: undefined,
    signal: stopping.signal,
    async beforeStep() {},
  };
  const uploads = new PartUploads(access, { bucket, key: "k", uploadId });
  const send = async (index: number) => {
    const part = parts[index];
    if (part === undefined) throw new RangeError("there is no such part");
    return await uploads.send({ ...part, crc32: crc32(part.bytes) });
  };
  const stored = async () => {
    const { Parts = [] } = await client.send(
      new ListPartsCommand({ Bucket: bucket, Key: "k", UploadId: uploadId }),
    );
    return Parts.map(({ PartNumber, Size, ETag }) => ({ PartNumber, Size, ETag }));
  };
  return { s3, commands, send, stored, stopping };
}

describe("the parts of an upload", () => {
  test("are all stored, the SDK having made the request of the first alone", async () => {
    const { commands, send, stored } = await prepare();
    const sent = [await send(0), await send(1), await send(2)];
    expect(commands).toEqual(["UploadPartCommand"]);
    expect(await stored()).toEqual(
      sent.map(({ PartNumber, ETag }, index) => ({ PartNumber, ETag, Size: parts[index]?.bytes.length })),
    );
  });

  test.each([
    ["refused for now", { status: 503 }],
    ["reset", { reset: true }],
    ["refused for its bytes", { status: 400, code: "BadDigest" as const }],
  ])("are sent by the SDK again when one is %s", async (_what, fault) => {
    const { s3, commands, send, stored } = await prepare();
    await send(0);
    s3.faults.push({ operation: "UploadPart", ...fault });
    await send(1);
    await send(2);
    expect(commands).toEqual(["UploadPartCommand", "UploadPartCommand"]);
    expect((await stored()).map(({ PartNumber }) => PartNumber)).toEqual([1, 2, 3]);
  });

  test("end with S3's refusal by name", async () => {
    const { s3, send } = await prepare();
    await send(0);
    s3.faults.push({ operation: "UploadPart", status: 403, code: "AccessDenied", times: 2 });
    await expect(send(1)).rejects.toThrow(DestinationDenied);
  });

  test("end with the reason of the signal, without another request", async () => {
    const { s3, commands, send, stopping } = await prepare();
    await send(0);
    const reason = new Error("the execution was stopped");
    s3.faults.push({ operation: "UploadPart", meanwhile: async () => stopping.abort(reason) });
    await expect(send(1)).rejects.toBe(reason);
    expect(commands).toEqual(["UploadPartCommand"]);
  });
});
