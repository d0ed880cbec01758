import { type Expectation, FAULTED, type Family, LARGE_BYTES } from "../scenario.ts";
import { whatever } from "./expectations.ts";
import { LONG, PUBLISH, READ, SOME, scenariosOf, UPLOAD, WRITE } from "./s3Answers.ts";

const FINAL = /disk-0\.vmdk$/;
const MANIFEST = /\.export\.json$/;
const STAGING = /\/staging\//;
const RECORD = /\/runs\/.*\/\d+\.json$/;

/** A file in several parts, whose checksum vCenter tells afterwards: it goes by way of a staging object. */
const STAGED = { during: ["TransferFile" as const], bytes: LARGE_BYTES };
/** The same, whose checksum is known up front: it goes straight to its key. */
const DIRECT = { ...STAGED, given: { itemChecksum: "SHA1" as const } };
/** A file whose transfer fails is cleaned up by AbortFile, and again by FinishItem. */
const FAILING = {
  during: ["TransferFile" as const, "AbortFile" as const],
  bytes: LARGE_BYTES,
  given: { wrongSessionChecksums: [FAULTED] },
};

/** The sweep finds them the next day. */
const RECORDS_STAY: Expectation = { outcome: "EXPORTED", left: ["run record", "run record", "run record"] };

/** S3's answers to each call that the workflow makes. */
export const s3Calls: Family = {
  title: "S3's answers",
  about:
    "What S3 answers, or does not, to a call that the workflow makes for the item or for one file of it.",
  scenarios: [
    ...scenariosOf("look at the bucket", { operation: "HeadBucket", during: ["ResolveItem"] }, READ, {
      "404": "DestinationDenied",
    }),
    ...scenariosOf(
      "read the manifest",
      { operation: "GetObject", key: MANIFEST, during: ["ResolveItem"] },
      READ,
    ),
    ...scenariosOf(
      "ask for the bucket's default retention",
      { operation: "GetObjectLockConfiguration", during: ["ResolveItem"] },
      SOME,
      { "403": "EXPORTED" },
    ),
    ...scenariosOf(
      "look for an earlier export",
      { operation: "HeadObject", key: FINAL, during: ["ResolveItem"] },
      READ,
    ),
    ...scenariosOf(
      "read the run record",
      { operation: "GetObject", key: RECORD, during: ["PrepareFile"] },
      READ,
    ),
    ...scenariosOf(
      "write the run record",
      { operation: "PutObject", key: RECORD, during: ["PrepareFile"] },
      WRITE,
    ),
    ...scenariosOf(
      "look for a refused log-in",
      { operation: "HeadObject", key: /login-refused/, during: ["PrepareFile"] },
      READ,
    ),
    ...scenariosOf("look for a stop", { operation: "HeadObject", key: /stopped/, ...STAGED }, READ),

    ...scenariosOf(
      "open the upload to the staging object",
      { operation: "CreateMultipartUpload", key: STAGING, ...STAGED },
      WRITE,
    ),
    ...scenariosOf("send a part", { operation: "UploadPart", nth: 2, ...STAGED }, [
      ...UPLOAD,
      "checksum refused once",
      "checksum refused each time",
    ]),
    ...scenariosOf(
      "complete the staging object",
      { operation: "CompleteMultipartUpload", key: STAGING, ...STAGED },
      [...PUBLISH, ...LONG, "404 no such upload"],
    ),
    ...scenariosOf(
      "open the upload to the key",
      { operation: "CreateMultipartUpload", key: FINAL, ...STAGED },
      WRITE,
    ),
    ...scenariosOf("copy into the upload", { operation: "UploadPartCopy", ...STAGED }, [
      ...UPLOAD,
      ...LONG,
      "404 no such key",
    ]),
    ...scenariosOf("publish the copy", { operation: "CompleteMultipartUpload", key: FINAL, ...STAGED }, [
      ...PUBLISH,
      ...LONG,
      "404 no such upload",
    ]),
    ...scenariosOf(
      "delete the staging object",
      { operation: "DeleteObject", key: STAGING, ...STAGED },
      SOME,
      whatever(SOME, "EXPORTED"),
    ),
    ...scenariosOf(
      "publish what went straight to its key",
      { operation: "CompleteMultipartUpload", key: FINAL, ...DIRECT },
      [...PUBLISH, ...LONG, "404 no such upload"],
    ),
    ...scenariosOf(
      "publish in one request",
      { operation: "PutObject", key: FINAL, during: ["TransferFile"] },
      PUBLISH,
    ),

    ...scenariosOf(
      "abort the upload, after a failure",
      { operation: "AbortMultipartUpload", ...FAILING },
      WRITE,
      whatever(WRITE, "ChecksumMismatch"),
    ),
    ...["ListMultipartUploads", "ListObjectVersions"].flatMap((operation) =>
      scenariosOf(
        `${operation}, after a failure`,
        { operation, ...FAILING },
        SOME,
        whatever(SOME, "ChecksumMismatch"),
      ),
    ),
    ...scenariosOf(
      "write the run record, at the end",
      { operation: "PutObject", key: RECORD, during: ["CompleteFile"] },
      SOME,
      whatever(SOME, "EXPORTED"),
    ),
    ...scenariosOf(
      "look at the objects, at the end",
      { operation: "HeadObject", key: FINAL, during: ["FinishItem"] },
      SOME,
    ),
    ...scenariosOf(
      "read the manifest, at the end",
      { operation: "GetObject", key: MANIFEST, during: ["FinishItem"] },
      READ,
    ),
    ...scenariosOf(
      "write the manifest",
      { operation: "PutObject", key: MANIFEST, during: ["FinishItem"] },
      PUBLISH,
    ),
    ...scenariosOf(
      "list the run records, at the end",
      { operation: "ListObjectsV2", during: ["FinishItem"] },
      SOME,
      { ...whatever(SOME, RECORDS_STAY), "503 SlowDown once": "EXPORTED" },
    ),
    ...scenariosOf(
      "delete the run records, at the end",
      { operation: "DeleteObject", key: RECORD, during: ["FinishItem"] },
      SOME,
      { ...whatever(SOME, RECORDS_STAY), "503 SlowDown once": "EXPORTED" },
    ),
  ],
};
