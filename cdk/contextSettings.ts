import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import * as z from "zod";
import { describeIssues } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { exportInputSchema } from "../functions/input.ts";
import { syncInputSchema } from "../functions/sync/input.ts";
import type { LibraryExportStackProps } from "./libraryExportStack.ts";

const PREFIX = "library-export:";

/** `a,b` on the command line, `["a", "b"]` in cdk.json. */
const list = z.union([z.string().transform((text) => text.split(",")), z.array(z.string())]);
/** JSON on the command line, an object in cdk.json. */
const json = <T extends z.ZodType>(schema: T) => z.preprocess(parseJson, schema);
const count = z.coerce.number().int().positive();
const flag = z.union([z.boolean(), z.stringbool()]);
const strings = z.record(z.string(), z.string());

/** Each setting of the stack by the name that it has in context, after `library-export:`. */
const settingsSchema = z
  .strictObject({
    stackName: z.string(),
    bucketName: z.string(),
    destinationBucketNames: list,
    bucketOwner: z.union([
      z.literal("unchecked"),
      z.string().regex(/^\d{12}$/, "must be 12 digits, or unchecked"),
    ]),
    defaultPrefix: z.string(),
    stagingBucketName: z.string(),
    kmsKeyArn: z.string(),
    storageClass: z.string(),
    objectTags: json(strings),
    partSizeMiB: count.min(5),
    signPayloads: flag,
    prepareTimeoutHours: count,
    profileSecrets: z.string(),
    profileSecretsKeyArn: z.string(),
    transferMemoryMiB: count,
    transferConcurrency: z.union([z.literal("unreserved"), count]),
    containerRoute: flag,
    vpc: json(
      z.strictObject({
        vpcId: z.string(),
        subnetIds: z.array(z.string()).min(1),
        availabilityZones: z.array(z.string()).min(1),
        securityGroupIds: z.array(z.string()).min(1).optional(),
        hasS3GatewayEndpoint: z.boolean().optional(),
      }),
    ),
    eventBusName: z.string(),
    schedules: json(schedulesOf(exportInputSchema)),
    syncSchedules: json(schedulesOf(syncInputSchema)),
    api: json(
      z.union([
        z.boolean(),
        z.strictObject({
          vpcEndpointIds: z.array(z.string().startsWith("vpce-")).min(1).optional(),
          throttlingRateLimit: z.number().positive().optional(),
          throttlingBurstLimit: z.number().int().positive().optional(),
          cloudWatchRole: z.boolean().optional(),
        }),
      ]),
    ),
    notifyFailures: flag,
    expectSuccessWithinHours: count.max(168),
    logRetentionDays: z.coerce
      .number()
      .refine((days): days is RetentionDays => Object.values(RetentionDays).includes(days), {
        error: "must be a number of days that CloudWatch Logs knows, such as 30, 90, 180 or 365",
      }),
    noncurrentVersionDays: count,
    stateMachineName: z.string(),
    environment: json(strings),
    tags: json(strings),
  })
  .partial();

/** The names of the settings, without the prefix. docs/settings.md tells of each. */
export const SETTINGS = settingsSchema.keyof().options;
export type SettingName = (typeof SETTINGS)[number];

/**
 * The settings of the stack among all of the app's context (`-c library-export:bucketName=...`, or cdk.json).
 * @throws InvalidInput naming each setting that is wrong, or that there is none of
 */
export function readSettings(
  context: Record<string, unknown>,
): LibraryExportStackProps & { stackName: string } {
  const own = Object.entries(context).flatMap(([key, value]) =>
    key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value]] : [],
  );
  const parsed = settingsSchema.safeParse(Object.fromEntries(own));
  if (!parsed.success)
    throw new InvalidInput(`The context's ${PREFIX}* is not valid: ${describeIssues(parsed.error)}`);
  const {
    partSizeMiB,
    prepareTimeoutHours,
    expectSuccessWithinHours,
    logRetentionDays,
    noncurrentVersionDays,
    ...settings
  } = parsed.data;
  return {
    ...settings,
    stackName: settings.stackName ?? "LibraryExport",
    ...(partSizeMiB && { partSize: Size.mebibytes(partSizeMiB) }),
    ...(prepareTimeoutHours && { prepareTimeout: Duration.hours(prepareTimeoutHours) }),
    ...(expectSuccessWithinHours && { expectSuccessWithin: Duration.hours(expectSuccessWithinHours) }),
    ...(logRetentionDays && { logRetention: logRetentionDays }),
    ...(noncurrentVersionDays && { noncurrentVersionExpiration: Duration.days(noncurrentVersionDays) }),
  };
}

function schedulesOf<Input extends z.ZodType>(input: Input) {
  return z.record(
    z.string().regex(/^[A-Za-z0-9_-]+$/, "must have names of letters, digits, '_' and '-'"),
    z.strictObject({ expression: z.string(), timeZone: z.string().optional(), input }),
  );
}

function parseJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
