import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handlers } from "../../functions/handlers/index.ts";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";
import { type Grants, grantsOf } from "../cdk/grants.ts";
import { existingVpc, stackTemplate } from "../cdk/synthesis.ts";
import { BUCKET } from "../workflow/harness.ts";
import { recordApi } from "./apiRuns.ts";
import { recordDeployment, recordStoppedSync } from "./deploymentRuns.ts";
import { recordExports } from "./exportRuns.ts";
import type { Buckets } from "./functionRuns.ts";
import { RecordedCalls, type Use } from "./recordedCalls.ts";
import { recordSyncs } from "./syncRuns.ts";

/**
 * What IAM gives each function is compared with what the function asked of AWS: it is run by its handler against S3,
 * vCenter and Step Functions, in good days and bad. Neither may be more than the other.
 */
const STAGING = "staging-area";

const PLACES: [string, Pick<Buckets, "staging">][] = [
  ["with a staging bucket", { staging: STAGING }],
  ["without a staging bucket", {}],
];

/** Roles by the names of their functions. */
const ROLES: Record<string, RegExp> = {
  ...Object.fromEntries(Object.keys(handlers).map((name) => [name, new RegExp(`Functions${name}Role`)])),
  ...Object.fromEntries(Object.keys(syncHandlers).map((name) => [name, new RegExp(`Sync${name}Role`)])),
  CleanUp: /CleanUpExportsCleanUpRole/,
  CleanUpSync: /CleanUpSyncsCleanUpSyncRole/,
  SweepRuns: /SweepRunsRole/,
  Api: /ExportApiRole/,
};

/** What is not asked for by the function's own code: its log stream, its part of a trace, its place in the VPC. */
const BY_LAMBDA = /^(logs|xray|ec2):/;

/** Of syncs, which stage nothing themselves. */
const ofSyncs = new RecordedCalls();
// A machine that is busy with the other tests is slow.
const SLOW_MILLISECONDS = 120_000;

beforeAll(async () => {
  await recordStoppedSync(ofSyncs);
  await recordSyncs(ofSyncs);
}, SLOW_MILLISECONDS);
afterAll(() => ofSyncs[Symbol.dispose]());

describe.each(PLACES)("%s", (_what, { staging }) => {
  const calls = new RecordedCalls();
  const usesOf = (name: string) => [...calls.of(name), ...ofSyncs.of(name)];
  const template = stackTemplate({
    bucketName: BUCKET,
    ...(staging !== undefined && { stagingBucketName: staging }),
    objectTags: { team: "images" },
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/objects",
    vpc: existingVpc,
    containerRoute: true,
    api: true,
  });

  beforeAll(async () => {
    const buckets = { versioned: true, ...(staging !== undefined && { staging }) };
    for (const versioned of [true, false]) await recordExports(calls, { ...buckets, versioned });
    await recordDeployment(calls, buckets);
    await recordApi(calls, buckets);
  }, SLOW_MILLISECONDS);
  afterAll(() => calls[Symbol.dispose]());

  describe.each(Object.entries(ROLES))("%s", (name, role) => {
    const {
      "kms:GenerateDataKey": encrypting,
      "kms:Decrypt": _decrypting,
      ...grants
    } = grantsOf(template, role);

    test("may do whatever it asks for", () => {
      const used = usesOf(name);
      expect(used).not.toEqual([]);
      expect(used.filter((use) => !isGranted(use, grants)).map(inWords)).toEqual([]);
    });

    test("asks for whatever it may do", () => {
      expect(idle(grants, usesOf(name))).toEqual([]);
    });

    test("may encrypt if it writes objects", () => {
      const writes = usesOf(name).some(({ action }) => action === "s3:PutObject");
      expect(encrypting !== undefined).toBe(writes);
    });
  });
});

function isGranted({ action, resource }: Use, grants: Grants): boolean {
  return (grants[action] ?? []).some((pattern) => matches(pattern, resource));
}

/** Grants that no use needs. One on a wide pattern is needed only by what no narrower one of the action covers. */
function idle(grants: Grants, used: Use[]): string[] {
  return Object.entries(grants)
    .filter(([action]) => !BY_LAMBDA.test(action))
    .flatMap(([action, patterns]) => {
      const resources = used.filter((use) => use.action === action).map(({ resource }) => resource);
      const isNeeded = (pattern: string) => {
        const narrower = patterns.filter((other) => other !== pattern && matches(pattern, other));
        return resources.some(
          (resource) => matches(pattern, resource) && !narrower.some((other) => matches(other, resource)),
        );
      };
      return patterns.filter((pattern) => !isNeeded(pattern)).map((pattern) => `${action} on ${pattern}`);
    });
}

/** `*` stands for any characters, as in IAM. */
function matches(pattern: string, resource: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === resource;
  const last = rest.pop() ?? "";
  if (!resource.startsWith(first) || !resource.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = resource.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= resource.length - last.length;
}

function inWords({ action, resource }: Use): string {
  return `${action} on ${resource}`;
}
