import { S3ServiceException } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { ChecksumMismatch, DestinationUnavailable } from "../../functions/errors.ts";
import {
  isConflict,
  isGone,
  isNoSuchUpload,
  isNotFound,
  toDestinationError,
} from "../../functions/transfer/s3/s3Errors.ts";

const object = { bucket: "images", key: "a.iso" };

function refusal(httpStatusCode: number | undefined, name = "Code", message = "In S3's words"): Error {
  return new S3ServiceException({ name, message, $fault: "client", $metadata: { httpStatusCode } });
}

describe("what S3 answers to a request for an object", () => {
  test.each([
    { status: 412, code: "PreconditionFailed", name: "DestinationChanged" },
    { status: 409, code: "ConditionalRequestConflict", name: "DestinationChanged" },
    { status: 404, code: "NoSuchUpload", name: "DestinationChanged" },
    { status: 400, code: "InvalidPart", name: "DestinationChanged" },
    { status: 404, code: "NoSuchKey", name: "DestinationChanged" },
    { status: 401, code: "Unauthorized", name: "DestinationDenied" },
    { status: 403, code: "AccessDenied", name: "DestinationDenied" },
    { status: 404, code: "NoSuchBucket", name: "DestinationDenied" },
    { status: 301, code: "PermanentRedirect", name: "DestinationDenied" },
    { status: 429, code: "TooManyRequests", name: "DestinationUnavailable" },
    { status: 500, code: "InternalError", name: "DestinationUnavailable" },
    { status: 503, code: "SlowDown", name: "DestinationUnavailable" },
    { status: undefined, code: "TimeoutError", name: "DestinationUnavailable" },
    { status: 400, code: "RequestTimeout", name: "DestinationUnavailable" },
    { status: 409, code: "OperationAborted", name: "DestinationUnavailable" },
    { status: 400, code: "InvalidRequest", name: "DestinationRefused" },
    { status: 404, code: "NotFound", name: "DestinationRefused" },
    { status: 499, code: "Other", name: "DestinationRefused" },
  ])("$status $code is $name, in S3's words and with its place", ({ status, code, name }) => {
    const cause = refusal(status, code);
    const error = toDestinationError(cause, object);
    expect(error).toMatchObject({ name, cause });
    expect(String(error)).toContain(`s3://images/a.iso: ${code} (In S3's words)`);
  });

  test("says a word once that is code and message", () => {
    expect(String(toDestinationError(refusal(403, "Forbidden", "Forbidden"), object))).toContain(
      "s3://images/a.iso: Forbidden. Check",
    );
    expect(String(toDestinationError(refusal(400, "Odd", ""), object))).toContain("a.iso: Odd (HTTP 400)");
  });
});

test("a bucket that is asked for without a key, and not found, does not exist", () => {
  const error = toDestinationError(refusal(404, "NotFound"), { bucket: "images" });
  expect(error).toMatchObject({ name: "DestinationDenied" });
  expect(String(error)).toContain("s3://images: NotFound");
  const gone = toDestinationError(refusal(404, "NoSuchUpload"), { bucket: "images" });
  expect(gone).toMatchObject({ name: "DestinationDenied" });
  const refused = toDestinationError(refusal(400, "InvalidRequest"), { bucket: "images" });
  expect(refused).toMatchObject({ name: "DestinationRefused" });
});

test("no answer is an S3 that cannot be reached, with the reason that there is", () => {
  const reasons = [new Error("connect ECONNREFUSED"), new DOMException("", "TimeoutError"), "odd"];
  const said = reasons.map((reason) => toDestinationError(reason, object));
  for (const error of said) expect(error).toBeInstanceOf(DestinationUnavailable);
  expect(said.map((error) => String(error).split(": ").at(-1))).toEqual([
    "connect ECONNREFUSED",
    "TimeoutError",
    "odd",
  ]);
});

test("an error that has a name of ours stays as it is", () => {
  const error = new ChecksumMismatch("another");
  expect(toDestinationError(error, object)).toBe(error);
});

test("a conflict is known by its code, once it has its name", () => {
  const conflict = refusal(409, "ConditionalRequestConflict");
  expect(isConflict(toDestinationError(conflict, object))).toBe(true);
  expect(isConflict(toDestinationError(refusal(412, "PreconditionFailed"), object))).toBe(false);
  expect(isConflict(conflict)).toBe(false);
});

test("what is gone is known by its code, once it has its name", () => {
  expect(isGone(toDestinationError(refusal(404, "NoSuchUpload"), object))).toBe(true);
  expect(isGone(toDestinationError(refusal(412, "PreconditionFailed"), object))).toBe(false);
  expect(isGone(refusal(404, "NoSuchUpload"))).toBe(false);
  expect(isNoSuchUpload(refusal(404, "NoSuchUpload"))).toBe(true);
  expect(isNoSuchUpload(refusal(404, "NoSuchBucket"))).toBe(false);
  expect(isNoSuchUpload(Object.assign(new Error(), { name: "NoSuchUpload" }))).toBe(false);
  expect(isNotFound(refusal(404))).toBe(true);
  expect(isNotFound(refusal(403))).toBe(false);
  expect(isNotFound(new Error("404"))).toBe(false);
});
