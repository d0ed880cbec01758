import * as z from "zod";
import { describeIssues, type ExportSettings } from "../config.ts";
import { InvalidInput } from "../errors.ts";

/** What the functions of a deployment are told by their environment. */
const environmentSchema = z.object({
  /** The secret of the profile `lab` is named `<prefix>lab`. */
  LIBRARY_EXPORT_PROFILE_SECRETS: z.string().min(1).default("library-export/vcenter/"),
  LIBRARY_EXPORT_BUCKET: z.string().min(1).optional(),
  LIBRARY_EXPORT_PREFIX: z.string().default(""),
  /** Names, separated by commas. */
  LIBRARY_EXPORT_ALLOWED_BUCKETS: z
    .string()
    .default("")
    .transform((names) => names.split(",").filter(Boolean)),
  LIBRARY_EXPORT_BUCKET_OWNER: z
    .string()
    .regex(/^\d{12}$/, "must be an account number of 12 digits")
    .optional(),
  LIBRARY_EXPORT_STAGING_BUCKET: z.string().min(1).optional(),
  LIBRARY_EXPORT_STORAGE_CLASS: z.string().min(1).optional(),
  LIBRARY_EXPORT_KMS_KEY_ID: z.string().min(1).optional(),
  /** Of every exported object: a JSON object of strings. */
  LIBRARY_EXPORT_OBJECT_TAGS: z.string().default("{}").transform(parseTags),
  LIBRARY_EXPORT_PART_SIZE_BYTES: z.coerce.number().int().positive().optional(),
  LIBRARY_EXPORT_PREPARE_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .positive()
    .default(24 * 60 * 60),
  LIBRARY_EXPORT_CONTAINER_ROUTE: z.stringbool().optional(),
  LIBRARY_EXPORT_SIGN_PAYLOADS: z.stringbool().default(false),
  /** The AWS SDKs' own variable: here it also means that the bucket is part of the path. */
  AWS_ENDPOINT_URL_S3: z.url().optional(),
});

/** The names of the variables, for those who set them. */
export type EnvironmentVariable = keyof z.input<typeof environmentSchema>;

export interface Environment {
  profileSecretPrefix: string;
  /** Of an S3-compatible server; absent: AWS. */
  s3Endpoint?: string;
  signPayloads: boolean;
  settings: ExportSettings;
}

/** @throws InvalidInput naming each variable that is wrong, never its value */
export function parseEnvironment(environment: NodeJS.ProcessEnv): Environment {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new InvalidInput(
      `The function's environment is not valid: ${describeIssues(parsed.error)}. Correct it in the deployment`,
    );
  }
  const variables = parsed.data;
  return {
    profileSecretPrefix: variables.LIBRARY_EXPORT_PROFILE_SECRETS,
    signPayloads: variables.LIBRARY_EXPORT_SIGN_PAYLOADS,
    s3Endpoint: variables.AWS_ENDPOINT_URL_S3,
    settings: {
      defaultBucket: variables.LIBRARY_EXPORT_BUCKET,
      defaultPrefix: variables.LIBRARY_EXPORT_PREFIX,
      allowedBuckets: variables.LIBRARY_EXPORT_ALLOWED_BUCKETS,
      expectedBucketOwner: variables.LIBRARY_EXPORT_BUCKET_OWNER,
      stagingBucket: variables.LIBRARY_EXPORT_STAGING_BUCKET,
      storageClass: variables.LIBRARY_EXPORT_STORAGE_CLASS,
      kmsKeyId: variables.LIBRARY_EXPORT_KMS_KEY_ID,
      tags: variables.LIBRARY_EXPORT_OBJECT_TAGS,
      partSizeBytes: variables.LIBRARY_EXPORT_PART_SIZE_BYTES,
      containerRoute: variables.LIBRARY_EXPORT_CONTAINER_ROUTE,
      prepareTimeoutSeconds: variables.LIBRARY_EXPORT_PREPARE_TIMEOUT_SECONDS,
    },
  };
}

function parseTags(text: string, context: z.RefinementCtx): Record<string, string> {
  try {
    const parsed = z.record(z.string(), z.string()).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // It is no JSON: told below, without the text.
  }
  context.addIssue({ code: "custom", message: "must be a JSON object of strings" });
  return z.NEVER;
}
