import type { S3Client } from "@aws-sdk/client-s3";
import { InvalidInput } from "../functions/errors.ts";
import { createS3Client } from "../functions/transfer/s3/uploadClient.ts";
import { variable } from "./streams.ts";

/**
 * A client with region and credentials by the usual AWS rules, both of them found: what is missing is told before
 * anything starts.
 * @throws InvalidInput
 */
export async function openS3(
  { s3Endpoint }: { s3Endpoint?: string },
  environment: NodeJS.ProcessEnv,
): Promise<S3Client> {
  const region = regionOf(s3Endpoint, environment);
  const s3 = createS3Client({
    ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }),
    ...(region !== undefined && { region }),
  });
  await s3.config.region().catch((cause: unknown) => {
    throw new InvalidInput(
      `No AWS region: set AWS_REGION, or name one in the AWS profile. (${wordsOf(cause)})`,
      { cause },
    );
  });
  await s3.config.credentials().catch((cause: unknown) => {
    throw new InvalidInput(
      `No AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${wordsOf(cause)})`,
      {
        cause,
      },
    );
  });
  return s3;
}

/** The SDK looks at AWS_REGION and the shared files, but not at the variable that the AWS command line reads. */
function regionOf(s3Endpoint: string | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  if (variable(environment, "AWS_REGION") !== undefined) return undefined;
  const fallback = variable(environment, "AWS_DEFAULT_REGION");
  // Servers other than AWS mostly take any.
  return fallback ?? (s3Endpoint === undefined ? undefined : "us-east-1");
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
