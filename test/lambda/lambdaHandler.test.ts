import { expect, test } from "vitest";
import type { Handler } from "../../functions/handlers/index.ts";
import { lambdaHandler } from "../../functions/lambda/lambdaHandler.ts";
import type { Services } from "../../functions/services.ts";

const context = {
  awsRequestId: "request-1",
  functionName: "TransferFile",
  getRemainingTimeInMillis: () => 1,
};

test("a handler gets the state's input, the deployment's settings, and the time that is left", async () => {
  let remaining = 900_000;
  const seen: unknown[] = [];
  const handler = lambdaHandler(
    async (event, { settings, remainingMilliseconds }) => {
      seen.push(event, settings.defaultBucket, remainingMilliseconds());
      remaining = 840_000;
      seen.push(remainingMilliseconds());
      return { done: true };
    },
    { AWS_REGION: "us-east-1", LIBRARY_EXPORT_BUCKET: "golden-images" },
  );
  const result = await handler({ item: 1 }, { ...context, getRemainingTimeInMillis: () => remaining });
  expect(result).toEqual({ done: true });
  expect(seen).toEqual([{ item: 1 }, "golden-images", 900_000, 840_000]);
});

test("invocations share the S3 client and the profiles, so that connections and secrets are used again", async () => {
  const seen: Services[] = [];
  const handle: Handler = async (_event, services) => void seen.push(services);
  const handler = lambdaHandler(handle, { AWS_REGION: "us-east-1" });
  await handler({}, context);
  await handler({}, context);
  expect(seen[0]?.s3).toBe(seen[1]?.s3);
  expect(seen[0]?.profile).toBe(seen[1]?.profile);
});

test("a wrong environment fails the invocation by its name, not the load of the function", async () => {
  const handler = lambdaHandler(async () => {}, { LIBRARY_EXPORT_PART_SIZE_BYTES: "large" });
  await expect(handler({}, context)).rejects.toMatchObject({
    name: "InvalidInput",
    message: expect.stringContaining("LIBRARY_EXPORT_PART_SIZE_BYTES"),
  });
});
