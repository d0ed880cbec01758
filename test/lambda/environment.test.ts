import { expect, test } from "vitest";
import { parseEnvironment } from "../../functions/lambda/environment.ts";

test("without any variable a deployment allows no bucket and reads the usual secrets", () => {
  expect(parseEnvironment({})).toEqual({
    profileSecretPrefix: "library-export/vcenter/",
    signPayloads: false,
    settings: { defaultPrefix: "", allowedBuckets: [], tags: {}, prepareTimeoutSeconds: 86_400 },
  });
});

test("every variable becomes its setting", () => {
  const environment = parseEnvironment({
    LIBRARY_EXPORT_PROFILE_SECRETS: "team/vcenter/",
    LIBRARY_EXPORT_BUCKET: "golden-images",
    LIBRARY_EXPORT_PREFIX: "vmware/",
    LIBRARY_EXPORT_ALLOWED_BUCKETS: "archive,mirror",
    LIBRARY_EXPORT_BUCKET_OWNER: "012345678901",
    LIBRARY_EXPORT_STAGING_BUCKET: "staging",
    LIBRARY_EXPORT_STORAGE_CLASS: "STANDARD_IA",
    LIBRARY_EXPORT_KMS_KEY_ID: "alias/images",
    LIBRARY_EXPORT_OBJECT_TAGS: '{"team":"virtualisation"}',
    LIBRARY_EXPORT_PART_SIZE_BYTES: "16777216",
    LIBRARY_EXPORT_PREPARE_TIMEOUT_SECONDS: "600",
    LIBRARY_EXPORT_SIGN_PAYLOADS: "true",
    AWS_ENDPOINT_URL_S3: "https://s3.example.com",
  });
  expect(environment).toEqual({
    profileSecretPrefix: "team/vcenter/",
    s3Endpoint: "https://s3.example.com",
    signPayloads: true,
    settings: {
      defaultBucket: "golden-images",
      defaultPrefix: "vmware/",
      allowedBuckets: ["archive", "mirror"],
      expectedBucketOwner: "012345678901",
      stagingBucket: "staging",
      storageClass: "STANDARD_IA",
      kmsKeyId: "alias/images",
      tags: { team: "virtualisation" },
      partSizeBytes: 16_777_216,
      prepareTimeoutSeconds: 600,
    },
  });
});

test.each([
  ["LIBRARY_EXPORT_BUCKET_OWNER", "12345"],
  ["LIBRARY_EXPORT_OBJECT_TAGS", "team=virtualisation"],
  ["LIBRARY_EXPORT_OBJECT_TAGS", '{"team":7}'],
  ["LIBRARY_EXPORT_PART_SIZE_BYTES", "8 MiB"],
  ["LIBRARY_EXPORT_PREPARE_TIMEOUT_SECONDS", "0"],
  ["LIBRARY_EXPORT_SIGN_PAYLOADS", "perhaps"],
  ["AWS_ENDPOINT_URL_S3", "s3.example.com"],
])("%s must not be %s, and is named in the error", (variable, value) => {
  expect(() => parseEnvironment({ [variable]: value })).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining(`${variable}: `) }),
  );
});
