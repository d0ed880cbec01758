import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { abortUpload } from "../../../functions/transfer/s3/cleanUp.ts";
import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import { BUCKET } from "../../workflow/harness.ts";
import { type Family, type Fault, LARGE_BYTES, type Scenario, type Scene } from "../scenario.ts";
import { before, outOfTime } from "./continuations.ts";
import { scenariosOf } from "./s3Answers.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;
const SEND: S3Fault = { operation: "UploadPart", nth: 2 };
const COMPLETE_STAGING: S3Fault = { operation: "CompleteMultipartUpload", key: STAGING };
const COPY: S3Fault = { operation: "UploadPartCopy" };
const PUBLISH: S3Fault = { operation: "CompleteMultipartUpload", key: FINAL };

/** What others do to what a transfer has in the bucket, and what S3 loses of it. */
export const bucket: Family = {
  title: "What happens in the bucket meanwhile",
  about:
    "What others do to the parts, uploads and staging objects of a file that is on its way, or what S3 loses of them.",
  scenarios: [
    met("upload: aborted while parts are sent", SEND, abortUploads, "DestinationChanged"),
    met("upload: aborted before it is completed", COMPLETE_STAGING, abortUploads, "DestinationChanged"),
    met("upload: aborted while the object is copied", COPY, abortUploads, "EXPORTED"),
    met("upload: aborted before the object is published", PUBLISH, abortUploads, "EXPORTED"),
    met("part: lost before the upload is completed", COMPLETE_STAGING, loseAPart, "DestinationChanged"),
    met("part: lost before the object is published", PUBLISH, loseAPart, "EXPORTED"),
    goesOn("upload: aborted between two invocations", "receiving", abortUploads),
    goesOn("part: lost between two invocations", "receiving", loseAPart),
    goesOn("upload: aborted between two invocations that copy", "copying", abortUploads),
    goesOn("staging object: deleted between two invocations", "copying", async (scene) => {
      await abortUploads(scene);
      await deleteStaging(scene);
    }),
    met("staging object: deleted before it is copied", COPY, deleteStaging, "DestinationChanged"),
    met("staging object: replaced before it is copied", COPY, replaceStaging, "DestinationRefused"),

    ...[COMPLETE_STAGING, PUBLISH].map((request) =>
      repeated(
        `${request === PUBLISH ? "publication" : "completion"}: the answer is lost, and the upload then gone`,
        [
          { ...request, loseReply: true },
          { ...request, nth: 2, status: 404, code: "NoSuchUpload" },
        ],
      ),
    ),
    repeated("publication: the answer is lost, and the object then there", [
      { ...PUBLISH, loseReply: true },
      { ...PUBLISH, nth: 2, status: 412 },
    ]),

    ...scenariosOf(
      "list the stored parts",
      {
        operation: "ListParts",
        key: STAGING,
        during: ["TransferFile"],
        bytes: LARGE_BYTES,
        around: outOfTime,
      },
      [
        "500 each time",
        "503 SlowDown once",
        "403",
        "no answer once",
        "connection cut each time",
        "404 no such upload",
      ],
    ),
  ],
};

/** Something happens while a request waits. */
function met(
  name: string,
  request: S3Fault,
  happens: (scene: Scene) => Promise<void>,
  outcome: string,
): Scenario {
  return transfer(name, { s3: (scene) => [{ ...request, meanwhile: () => happens(scene) }] }, outcome);
}

/** Something happens before the invocation that goes on from a cursor. */
function goesOn(
  name: string,
  phase: "receiving" | "copying",
  happens: (scene: Scene) => Promise<void>,
): Scenario {
  return transfer(name, { around: before(phase, (_invocation, scene) => happens(scene)) }, "EXPORTED");
}

function repeated(name: string, s3: S3Fault[]): Scenario {
  return transfer(name, { s3 }, "EXPORTED");
}

function transfer(name: string, fault: Fault, outcome: string): Scenario {
  return { name, fault: { during: ["TransferFile"], bytes: LARGE_BYTES, ...fault }, expect: { outcome } };
}

async function abortUploads({ workflow: { s3, s3Client } }: Scene): Promise<void> {
  for (const upload of s3.openUploads()) await abortUpload(s3Client, upload);
}

async function loseAPart({ workflow: { s3 } }: Scene): Promise<void> {
  for (const { uploadId } of s3.openUploads()) s3.losePart(uploadId, 1);
}

async function deleteStaging(scene: Scene): Promise<void> {
  for (const place of staged(scene)) await scene.workflow.s3Client.send(new DeleteObjectCommand(place));
}

async function replaceStaging(scene: Scene): Promise<void> {
  for (const place of staged(scene)) {
    await scene.workflow.s3Client.send(new PutObjectCommand({ ...place, Body: Buffer.alloc(LARGE_BYTES) }));
  }
}

function staged({ workflow: { s3 } }: Scene): { Bucket: string; Key: string }[] {
  return s3.objects(BUCKET).flatMap((Key) => (STAGING.test(Key) ? [{ Bucket: BUCKET, Key }] : []));
}
