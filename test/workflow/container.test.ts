import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { expectNothingLeft, type Finished, startWorkflow, ubuntu, type Workflow } from "./harness.ts";

const MiB = 1024 * 1024;
const DISK = "disk-0.vmdk";

/** A disk that an endpoint without ranges sends too slowly for an invocation, which has three quarters of a minute. */
async function startWithLargeFile(containerRoute: boolean): Promise<Workflow> {
  const files = [{ name: DISK, content: { size: 13 * MiB, seed: "disk" } }];
  const workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "ovf", files }] }],
    // The whole file takes 0.65 seconds, which are 32 on the test's clock.
    behaviour: { ranges: false, bytesPerSecond: 20 * MiB },
    settings: { containerRoute },
  });
  const { clock, services, start } = workflow;
  let end = Number.POSITIVE_INFINITY;
  services.remainingMilliseconds = () => end - clock.now();
  workflow.start = (input, onEvent = () => {}) =>
    start(input, (event) => {
      if (event.type === "StateEntered" && event.state === "TransferFile") end = clock.now() + 45_000;
      onEvent(event);
    });
  workflow.run = (input) => workflow.start(input).finished;
  return workflow;
}

/** What happened once an invocation had found that it could not do it. */
function afterwards({ statesOf }: Finished): string[] {
  const states = statesOf(DISK);
  return states.slice(states.indexOf("ContainerRoute"));
}

test("a file that fits no invocation is moved by a container, where there is that route", async () => {
  await using workflow = await startWithLargeFile(true);
  const finished = await workflow.run();

  expect(finished.report.error).toBeNull();
  expect(afterwards(finished)).toEqual([
    "ContainerRoute",
    "TransferInContainer",
    "ReadContainerResult",
    "CompleteFile",
    "FileExported",
  ]);
  const { body, metadata } = await workflow.object(`Golden images/ubuntu/${DISK}`);
  expect(body.length).toBe(13 * MiB);
  expect(metadata.checksum).toBe(createHash("sha256").update(body).digest("hex"));
  expect(finished.report.files[0]).toMatchObject({ status: "EXPORTED", size: 13 * MiB });
  expectNothingLeft(workflow);
});

test("it fails by name, where there is none", async () => {
  await using workflow = await startWithLargeFile(false);
  const finished = await workflow.run();

  const message = expect.stringContaining(DISK);
  expect(finished.report.error).toMatchObject({ name: "FileTooLargeForSource", message });
  expect(afterwards(finished)).toEqual(["ContainerRoute", "AbortFile", "FileFailed"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("the container's error is the file's", async () => {
  await using workflow = await startWithLargeFile(true);
  workflow.vcenter.behaviour.wrongSessionChecksums = [DISK];
  const finished = await workflow.run();

  const message = expect.stringContaining(DISK);
  expect(finished.report.error).toMatchObject({ name: "ChecksumMismatch", message });
  expect(afterwards(finished)).toEqual([
    "ContainerRoute",
    "TransferInContainer",
    "ReadContainerResult",
    "AbortFile",
    "FileFailed",
  ]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("a container that cannot tell what became of the file has failed, and nothing is left of its work", async () => {
  await using workflow = await startWithLargeFile(true);
  const { faults } = workflow.s3;
  const finished = await workflow.start({}, ({ type, state }) => {
    if (type !== "StateEntered") return;
    // Records can be written no more, until another state looks for the result.
    if (state === "TransferInContainer") faults.push({ operation: "PutObject", status: 403, times: 1000 });
    if (state === "ReadContainerResult") faults.length = 0;
  }).finished;

  expect(finished.report.error).toMatchObject({
    name: "ContainerFailed",
    message: expect.stringMatching(/"disk-0.vmdk" ended without a result \(DestinationDenied, .*log/),
  });
  expect(afterwards(finished).slice(-3)).toEqual(["ReadContainerResult", "AbortFile", "FileFailed"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("an export that is stopped while the container works leaves nothing", async () => {
  await using workflow = await startWithLargeFile(true);
  const begun = Promise.withResolvers<void>();
  const execution = workflow.start({}, ({ type, state }) => {
    if (type === "StateEntered" && state === "TransferInContainer") begun.resolve();
  });
  await begun.promise;
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  await execution.stop();

  expect((await execution.finished).report.error?.name).toBe("Stopped");
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});
