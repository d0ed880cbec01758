import { expect, test } from "vitest";
import { exportInput, type RunOptions, readRunRequest } from "../../cli/runOptions.ts";
import { InvalidInput } from "../../functions/errors.ts";

const defaults: RunOptions = { dialect: "auto", overwrite: "if-changed" };

test("the input of the execution carries what the options say, and nothing about the connection", () => {
  const options: RunOptions = {
    ...defaults,
    vcenterUrl: "https://vcenter.example.com",
    include: ["*.ovf", "*.vmdk"],
    maxConcurrency: 2,
    requireChecksum: true,
  };
  const request = readRunRequest(["lib/item", "s3://my-archive/p"], options);
  expect(exportInput("vcenter.example.com", { library: "lib", item: "item" }, request, options)).toEqual({
    vcenter: "vcenter.example.com",
    library: "lib",
    item: "item",
    include: ["*.ovf", "*.vmdk"],
    exclude: [],
    destination: { bucket: "my-archive", prefix: "p/" },
    overwrite: "if-changed",
    maxConcurrency: 2,
    requireChecksum: true,
    dryRun: false,
  });
});

test("only the bucket on the command line may be written to", () => {
  const { settings } = readRunRequest(["lib/item", "s3://my-archive/p"], defaults);
  expect(settings.allowedBuckets).toEqual(["my-archive"]);
});

test("with an id, the destination stands alone", () => {
  const request = readRunRequest(["s3://my-archive"], { ...defaults, itemId: "an-id" });
  expect(request).toMatchObject({ destination: { bucket: "my-archive", prefix: "" }, readings: [] });
});

test.each([
  { words: [], itemId: undefined },
  { words: ["lib/item"], itemId: undefined },
  { words: ["lib/item", "s3://my-archive", "more"], itemId: undefined },
  { words: [], itemId: "an-id" },
  { words: ["lib/item", "s3://my-archive"], itemId: "an-id" },
])("the words $words with the id $itemId are refused", ({ words, itemId }) => {
  expect(() => readRunRequest(words, { ...defaults, ...(itemId && { itemId }) })).toThrow(InvalidInput);
});

test("a staging bucket that cannot exist is refused before anything starts", () => {
  expect(() =>
    readRunRequest(["lib/item", "s3://my-archive"], { ...defaults, stagingBucket: "No_Bucket" }),
  ).toThrow(/"No_Bucket" cannot be the name of a bucket/);
});
