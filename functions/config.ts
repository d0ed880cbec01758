import * as z from "zod";
import { InvalidInput } from "./errors.ts";

/** A certificate thumbprint: SHA-1 (40 hex digits) or SHA-256 (64), in any case, with `:`, `-`, blanks or none. */
export const thumbprintSchema = z
  .string()
  .refine((text) => [40, 64].includes(text.replace(/[\s:-]/g, "").length) && /^[\s0-9a-f:-]+$/i.test(text), {
    error: "must be 40 (SHA-1) or 64 (SHA-256) hexadecimal digits",
  });

/** vCenter's own transfer limits are low, and shared with everybody else who uses it. */
export const DEFAULT_MAX_TRANSFERS = 4;

/** How to reach one vCenter. In the cloud it is the JSON of a secret, on the command line it comes from options. */
export const vcenterProfileSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an https: URL such as https://vcenter.example.com" }),
  username: z.string().min(1),
  password: z.string().min(1),
  dialect: z.enum(["auto", "api", "rest-json", "rest-xml"]).default("auto"),
  /** PEM certificates trusted besides the system's. */
  caBundle: z.string().optional(),
  /** Pins vCenter's own certificate; it then decides alone. */
  thumbprint: thumbprintSchema.optional(),
  /** Allows `http:` for vCenter and its endpoints. */
  allowHttp: z.boolean().default(false),
  /** Hosts besides vCenter's own that a download endpoint may name. */
  endpointHosts: z.array(z.string().min(1)).default([]),
  /** Ranges of one file received at the same time: more than one helps where each connection is limited. */
  readers: z.int().min(1).max(16).default(1),
  /** Connections that an export, or a sync, may have open for bytes: files at the same time times `readers`. */
  maxTransfers: z.int().min(1).max(64).default(DEFAULT_MAX_TRANSFERS),
  /** Buckets that exports from this vCenter may go to; absent: those of the deployment. */
  destinationBuckets: z.array(z.string().min(1)).optional(),
});

export type VcenterProfile = z.infer<typeof vcenterProfileSchema> & { name: string };

/**
 * Checks what a secret or the command line says about a vCenter.
 * @throws InvalidInput naming the field, never its value
 */
export function parseProfile(name: string, value: unknown): VcenterProfile {
  const parsed = vcenterProfileSchema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(`vCenter profile "${name}": ${describeIssues(parsed.error)}`);
  if (parsed.data.url.startsWith("http:") && !parsed.data.allowHttp) {
    throw new InvalidInput(`vCenter profile "${name}": url: http: needs allowHttp`);
  }
  return { ...parsed.data, name };
}

/** A place that download endpoints may name, and the folder of this machine where it is mounted. */
export interface Mount {
  /** `ds:///vmfs/volumes/<uuid>`, `file:///` or a place below. */
  uri: string;
  directory: string;
}

/** Settings of a deployment, or of one run of the command line, for everything that is written to S3. */
export interface ExportSettings {
  /** Used when the input names no bucket. */
  defaultBucket?: string;
  defaultPrefix: string;
  /** Buckets that an input may name; absent: the default bucket alone. */
  allowedBuckets: string[];
  /** Where staging objects go; absent: the destination bucket. */
  stagingBucket?: string;
  storageClass?: string;
  kmsKeyId?: string;
  tags: Record<string, string>;
  /** 12-digit account that must own the buckets. */
  expectedBucketOwner?: string;
  /** Bytes; absent: chosen by the file's size. */
  partSizeBytes?: number;
  /** Only on one machine: with mounts, vCenter is asked for DIRECT endpoints. */
  mounts?: Mount[];
  /** Whether containers move the files that fit no invocation. @default false */
  containerRoute?: boolean;
  /** How long a file may take to become PREPARED. */
  prepareTimeoutSeconds: number;
}

/** `path: message` for each issue, without the offending values. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": "))
    .join("; ");
}
