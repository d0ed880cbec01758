import { expect, test } from "vitest";
import { parseS3Uri } from "../../cli/s3Uri.ts";
import { InvalidInput } from "../../functions/errors.ts";

test("what follows the bucket is a folder, with or without a slash at its end", () => {
  expect(parseS3Uri("s3://my-archive/vsphere/lab")).toEqual({ bucket: "my-archive", prefix: "vsphere/lab/" });
  expect(parseS3Uri("s3://my-archive/vsphere/lab/")).toEqual({
    bucket: "my-archive",
    prefix: "vsphere/lab/",
  });
});

test("a bucket alone has no prefix", () => {
  expect(parseS3Uri("s3://my-archive")).toEqual({ bucket: "my-archive", prefix: "" });
  expect(parseS3Uri("s3://my-archive/")).toEqual({ bucket: "my-archive", prefix: "" });
});

test("percent signs and blanks in a prefix stand for themselves", () => {
  expect(parseS3Uri("s3://my-archive/a b%20c").prefix).toBe("a b%20c/");
});

test.each([
  "my-archive/prefix",
  "https://my-archive.s3.amazonaws.com/prefix",
  "s3:/my-archive",
  "s3://",
  "s3://My-Archive/prefix",
  "s3://ab",
  "s3://two..dots",
  "s3://192.168.0.1/prefix",
  "s3://-dash",
  "s3://my-archive//prefix",
])("%s is refused as a destination", (text) => {
  expect(() => parseS3Uri(text)).toThrow(InvalidInput);
});
