import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationRefused } from "../../functions/errors.ts";
import { createUpload } from "../../functions/transfer/s3/createUpload.ts";
import { PartUploads } from "../../functions/transfer/s3/partUploads.ts";
import { listStoredParts } from "../../functions/transfer/s3/storedParts.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { listen } from "./listen.ts";

const place = { Bucket: "b", Key: "k" };
const upload = { bucket: "b", key: "k", uploadId: "u" };

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const xml =
  (body: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { "content-type": "application/xml" }).end(body);

/** An S3 that gives these answers one after the other, and its requests as `METHOD path?query`. */
async function answering(...answers: Answer[]) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const answer = answers.shift() ?? xml("<Error><Code>AccessDenied</Code></Error>", 403);
    request.resume().once("end", () => answer(response, request));
  });
  const port = await listen(server);
  const s3 = createS3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "nobody", secretAccessKey: crypto.randomUUID() },
  });
  onTestFinished(() => s3.destroy());
  const access = {
    s3,
    expectedBucketOwner: undefined,
    signal: new AbortController().signal,
    async beforeStep() {},
  };
  return { access, s3, requests };
}

describe("an upload that S3 opens", () => {
  const opened = (uploadId: string) =>
    xml(`<InitiateMultipartUploadResult>${uploadId}</InitiateMultipartUploadResult>`);
  const listed = (uploads: string) =>
    xml(`<ListMultipartUploadsResult>${uploads}</ListMultipartUploadsResult>`);

  test("without an id is refused by name", async () => {
    const { access } = await answering(opened(""));
    await expect(createUpload(access, place)).rejects.toThrow(DestinationRefused);
  });

  const other = "<Key>k</Key><UploadId>other</UploadId>";
  const ours = "<Key>k</Key><UploadId>u</UploadId>";
  const early = "<Initiated>2026-01-01T00:00:00.000Z</Initiated>";
  test.each([
    ["when it was opened", `<Upload>${other}</Upload><Upload>${ours}${early}</Upload>`],
    ["when this one was opened", `<Upload>${other}${early}</Upload><Upload>${ours}</Upload>`],
    ["when either was opened", `<Upload>${other}</Upload><Upload>${ours}</Upload>`],
    ["anything of this one", `<Upload>${other}${early}</Upload>`],
    ["the other's id", `<Upload><Key>k</Key>${early}</Upload><Upload>${ours}${early}</Upload>`],
    ["any upload", ""],
  ])("leaves another one alone where the list does not tell %s", async (_what, uploads) => {
    const { access, requests } = await answering(
      (response) => response.destroy(),
      opened("<UploadId>u</UploadId>"),
      listed(uploads),
    );
    expect(await createUpload(access, place)).toEqual(upload);
    expect(requests.map((request) => request.split(" ")[0])).toEqual(["POST", "POST", "GET"]);
  });
});

describe("the parts that S3 holds", () => {
  const page = (parts: string, next?: string) =>
    xml(
      `<ListPartsResult>${parts}<IsTruncated>${next !== undefined}</IsTruncated>${
        next === undefined ? "" : `<NextPartNumberMarker>${next}</NextPartNumberMarker>`
      }</ListPartsResult>`,
    );
  const part = (number: number) => `<Part><PartNumber>${number}</PartNumber><Size>${number}</Size></Part>`;

  test("are those of all pages", async () => {
    const { access, requests } = await answering(
      page(part(1) + part(2), "2"),
      page(part(3), "3"),
      page(part(4)),
    );
    const parts = await listStoredParts(access, upload);
    expect([...(parts ?? [])].map(([number, { Size }]) => [number, Size])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    const markers = requests.map((request) =>
      new URLSearchParams(request.split("?")[1]).get("part-number-marker"),
    );
    expect(markers).toEqual([null, "2", "3"]);
  });

  test("are none of an upload without any, and of a part without a number", async () => {
    const { access } = await answering(page(""), page("<Part><Size>5</Size></Part>"));
    expect(await listStoredParts(access, upload)).toEqual(new Map());
    expect(await listStoredParts(access, upload)).toEqual(new Map());
  });
});

test("a part that was not stored is sent again, although the answer has an ETag", async () => {
  const stored: Answer = (response) => response.writeHead(200, { etag: '"stored"' }).end();
  const { access, requests } = await answering(
    stored,
    (response) => response.writeHead(500, { etag: '"not stored"' }).end(),
    stored,
  );
  const parts = new PartUploads(access, upload);
  await parts.send({ number: 1, bytes: Buffer.from("first"), crc32: 1 });
  expect(await parts.send({ number: 2, bytes: Buffer.from("second"), crc32: 2 })).toMatchObject({
    ETag: '"stored"',
  });
  expect(requests).toHaveLength(3);
});

test("an object that may not be put is sent once", async () => {
  const { s3, requests } = await answering();
  await expect(s3.send(new PutObjectCommand({ ...place, Body: "object" }))).rejects.toMatchObject({
    name: "AccessDenied",
  });
  expect(requests).toHaveLength(1);
});

test("a bucket is part of the path at an endpoint of one's own, and of the host at AWS", async () => {
  const clients = [createS3Client({ endpoint: "http://localhost", region: "us-east-1" }), createS3Client()];
  expect(clients.map(({ config }) => config.forcePathStyle)).toEqual([true, false]);
});
