import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { EXIT } from "../../../cli/failure.ts";
import { execute } from "../../../cli/main.ts";
import * as errors from "../../../functions/errors.ts";
import { DeploymentScene } from "../../cli/deploymentScene.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

const PASSWORD = randomUUID();

let scene: DeploymentScene;
beforeAll(async () => {
  scene = await DeploymentScene.open();
});
afterAll(() => scene?.[Symbol.asyncDispose]());

let output: string;
let complaint: string;
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    complaint += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What an environment has no room for cannot be set. */
const inEnvironment = anyText.map((text) => text.replaceAll("\0", "").toWellFormed());
const environment = fc.record(
  {
    AWS_REGION: fc.oneof(fc.constantFrom("us-east-1", "eu central 1", "x/../y", "-", ""), inEnvironment),
    AWS_DEFAULT_REGION: inEnvironment,
    AWS_PROFILE: inEnvironment,
    AWS_ACCESS_KEY_ID: inEnvironment,
    AWS_SECRET_ACCESS_KEY: fc.constant(PASSWORD),
  },
  { requiredKeys: [] },
);

const arn = fc.oneof(
  fc
    .constantFrom("us-east-1", "x", "")
    .map((region) => `arn:aws:states:${region}:111122223333:stateMachine:x`),
  anyText,
);
const word = fc.oneof(anyText, fc.constantFrom("Golden images/ubuntu", "Golden images", "s3://exports/p"));
const option = fc.oneof(
  fc.tuple(fc.constant("--stack"), fc.oneof(anyText, fc.constant("LibraryExport"))),
  fc.tuple(fc.constantFrom("--state-machine-arn", "--sync-state-machine-arn"), arn),
  fc.tuple(fc.constant("--vcenter"), fc.oneof(fc.constant("nowhere"), anyText)),
  fc.tuple(fc.constantFrom("--item-id", "--library-id", "--library", "--item", "--include"), anyText),
  fc.tuple(fc.constantFrom("--state", "--overwrite", "--on-delete", "--idempotency-key"), anyText),
  fc.tuple(
    fc.constantFrom("--limit", "--interval", "--max-concurrency"),
    fc.oneof(anyText, fc.nat().map(String)),
  ),
  fc.constantFrom("--json", "--syncs", "--dry-run", "--no-index", "--help").map((flag) => [flag]),
  anyText.map((text) => [`--${text}`]),
);
const command = fc.constantFrom("status", "watch", "stop", "list", "start", "start-sync", "verify");
const words = fc
  .tuple(command, fc.array(word, { maxLength: 2 }), fc.array(option, { maxLength: 3 }))
  .map(([name, operands, options]) => [name, ...operands, ...options.flat()])
  // What they lead to is a server that no test has started.
  .filter((words) => !words.some((word) => /^--(vcenter-url|s3-endpoint|against-vcenter)/.test(word)));

async function requireSense(words: string[], variables: Record<string, string | undefined>): Promise<number> {
  output = "";
  complaint = "";
  const given = {
    ...scene.environment,
    HOME: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    ...variables,
  };
  for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
  const { stdin, stdout, stderr, env } = process;
  const exitCode = await execute(words, { stdin, stdout, stderr, environment: env });
  vi.unstubAllEnvs();

  expect(output + complaint).not.toContain(PASSWORD);
  expect(complaint).not.toMatch(/^\s+at .*:\d+/m);
  if (exitCode === EXIT.success) expect(complaint).toBe("");
  // A result of verify, and no error.
  else if (/^There is no export below /.test(complaint)) expect(exitCode).toBe(EXIT.failed);
  else if (exitCode === EXIT.usage) expect(complaint).toMatch(/^(error|InvalidInput): ./);
  else {
    const [, name = ""] = /^(\w+): ./.exec(complaint) ?? [];
    expect(Object.keys(errors)).toContain(name);
    expect(name).not.toBe("InternalError");
  }
  expect(complaint).not.toMatch(/[^\P{Cc}\n]/u);
  // Commander quotes words as they are, and adds a line for what may have been meant.
  const lines = words.join("").split("\n").length + 1;
  expect(complaint.trimEnd().split("\n").length).toBeLessThanOrEqual(lines);
  return exitCode;
}

test("the commands of a deployment do what their words say, or say in a sentence what is wrong", async () => {
  await fc.assert(fc.asyncProperty(words, async (words) => void (await requireSense(words, {}))));
});

test("a region, a profile and credentials of any kind are used, or refused in a sentence", async () => {
  await fc.assert(
    fc.asyncProperty(environment, fc.constantFrom("list", "status"), async (variables, command) => {
      const unset = { AWS_REGION: undefined, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
      await requireSense([command, ...(command === "status" ? ["nightly-1"] : [])], {
        ...unset,
        ...variables,
      });
    }),
    share(1 / 2),
  );
});
