import { randomUUID } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe } from "vitest";
import { type Difference, expectDifferences } from "../differences.ts";
import { copies } from "./conformance/copies.ts";
import { listings } from "./conformance/listings.ts";
import { multipartChecksums } from "./conformance/multipartChecksums.ts";
import { multipartUploads } from "./conformance/multipartUploads.ts";
import { objects } from "./conformance/objects.ts";

/** An S3 with one empty bucket. */
export interface S3UnderTest {
  client: S3Client;
  bucket: string;
  close(): Promise<void>;
}

/** What the groups of tests work with. */
export interface Subject {
  client(): S3Client;
  bucket(): string;
  /** A key that no other test uses. */
  newKey(): string;
}

/**
 * The rules of AWS's S3 that this project leans on. Whatever stands in for S3 has to pass them.
 * @param differences those in which it is known to differ
 */
export function describeS3Conformance(
  name: string,
  open: () => Promise<S3UnderTest>,
  differences: Record<string, Difference> = {},
): void {
  describe(`${name}, as AWS behaves`, () => {
    expectDifferences(differences);
    let opened: S3UnderTest | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const subject: Subject = {
      client: () => now(opened).client,
      bucket: () => now(opened).bucket,
      newKey: () => `key-${randomUUID()}`,
    };
    describe("objects", () => objects(subject));
    describe("multipart uploads", () => multipartUploads(subject));
    describe("checksums of multipart uploads", () => multipartChecksums(subject));
    describe("copies", () => copies(subject));
    describe("lists", () => listings(subject));
  });
}

function now<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("used before the S3 under test was opened");
  return value;
}
