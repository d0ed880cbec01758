import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { METRICS } from "../../functions/metrics.ts";

/**
 * The lines that a process writes that invokes a function as Lambda does.
 * @param body JavaScript of the handler, which gets `event` and `services`, and of which `errors` may be thrown
 */
async function linesOf(body: string, event: unknown): Promise<Record<string, unknown>[]> {
  const modules = new URL("../../functions/", import.meta.url);
  const script = `
    import { lambdaHandler } from "${new URL("lambda/lambdaHandler.ts", modules)}";
    import * as errors from "${new URL("errors.ts", modules)}";
    const handler = lambdaHandler(async (event, services) => { ${body} });
    const context = { functionName: "TransferFile", awsRequestId: "request-1", getRemainingTimeInMillis: () => 1 };
    await handler(${JSON.stringify(event)}, context).catch(() => {});
  `;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", script],
    {
      env: { AWS_REGION: "us-east-1", POWERTOOLS_SERVICE_NAME: "library-export-test" },
    },
  );
  // Lambda takes both for the log.
  return `${stdout}${stderr}`
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const event = { item: { run: "nightly-1" }, file: { name: "disk-0.vmdk" } };
const subject = {
  execution: "nightly-1",
  file: "disk-0.vmdk",
  function: "TransferFile",
  requestId: "request-1",
};

test("every line has the execution, the file, the function and the invocation, and the last how long it took", async () => {
  const lines = await linesOf(`services.log.info("Two\\nlines", { vcenter: "lab" });`, event);
  expect(lines).toEqual([
    expect.objectContaining({ ...subject, level: "INFO", message: "Two\nlines", vcenter: "lab" }),
    expect.objectContaining({
      ...subject,
      level: "INFO",
      message: "The step has ended",
      seconds: expect.any(Number),
    }),
  ]);
});

test("a step that fails tells the error by its name, in our words", async () => {
  const lines = await linesOf(`throw new errors.ChecksumMismatch("The file differs");`, event);
  expect(lines).toEqual([
    expect.objectContaining({
      ...subject,
      level: "WARN",
      message: "The step has failed",
      error: "ChecksumMismatch",
      reason: "The file differs",
    }),
  ]);
});

test("of an error that is not ours no word is logged, because it might hold a URI", async () => {
  const lines = await linesOf(`throw new TypeError("https://vcenter.example.com/cls/data/secret");`, event);
  expect(lines).toEqual([expect.objectContaining({ error: "TypeError" })]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test("what a step counts is one line that CloudWatch makes metrics of, for the deployment", async () => {
  const lines = await linesOf(
    `services.metrics.add("KeepAlives", 1); services.metrics.add("KeepAlives", 1);
     services.metrics.add("BytesExported", 5_000_000_000);`,
    event,
  );
  const metrics = lines.find((line) => "_aws" in line);
  expect(metrics).toMatchObject({
    service: "library-export-test",
    KeepAlives: [1, 1],
    BytesExported: 5_000_000_000,
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: "LibraryExport",
          Dimensions: [["service"]],
          Metrics: expect.arrayContaining([
            { Name: "KeepAlives", Unit: METRICS.KeepAlives },
            { Name: "BytesExported", Unit: METRICS.BytesExported },
          ]),
        },
      ],
    },
  });
});

test.each([
  ["of the start of an export", { run: "nightly-1", input: {} }],
  ["of the clean-up", { executionArn: "arn:aws:states:r:a:execution:exports:nightly-1", again: true }],
])("the execution is known from the event %s as well", async (_what, other) => {
  const [line] = await linesOf("", other);
  expect(line).toMatchObject({ execution: "nightly-1" });
  expect(line).not.toHaveProperty("file");
});
