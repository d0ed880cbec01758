import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow, ubuntu } from "./harness.ts";

const ONE_FILE = { include: ["disk-0.vmdk"] };

test.each([
  [true, 2],
  [false, 1],
])("exports whether download sessions die with their log-in or not: %s", async (sessionsDieWithLogin, opened) => {
  const prepare = [{ status: "PREPARING" }, { status: "PREPARED" }];
  await using workflow = await startWorkflow({ behaviour: { sessionsDieWithLogin, prepare } });
  const { report } = await workflow.run(ONE_FILE);

  expect(report.error).toBeNull();
  const created = workflow.vcenter.requests.filter(
    ({ operation }) => operation === "download-session.create",
  );
  expect(created).toHaveLength(opened);
  expectNothingLeft(workflow);
});

test("opens a session of its own when the prepared one has expired before the transfer", async () => {
  await using workflow = await startWorkflow();
  const execution = workflow.start(ONE_FILE, ({ type, state }) => {
    if (type === "StateExited" && state === "PrepareFile") {
      for (const { id } of workflow.vcenter.openDownloadSessions())
        workflow.vcenter.expireDownloadSession(id);
    }
  });
  const { report, statesOf } = await execution.finished;

  expect(report.error).toBeNull();
  expect(statesOf("disk-0.vmdk")).not.toContain("AbortFile");
  expectNothingLeft(workflow);
});

test("ends with DownloadSessionLost when the session ends while bytes flow, however complete they look", async () => {
  await using workflow = await startWorkflow({
    behaviour: { bytesPerSecond: 4_000_000, framing: "chunked", ranges: false },
  });
  const execution = workflow.start(ONE_FILE);
  await transferUnderWay(workflow);
  for (const { id } of workflow.vcenter.openDownloadSessions()) workflow.vcenter.expireDownloadSession(id);
  const { report, statesOf } = await execution.finished;

  expect(report).toMatchObject({ status: "FAILED", error: { name: "DownloadSessionLost" } });
  expect(statesOf("disk-0.vmdk").slice(-3)).toEqual(["TransferFile", "AbortFile", "FileFailed"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("ends with DownloadSessionLost when the session is gone before the first byte is asked for", async () => {
  await using workflow = await startWorkflow();
  workflow.vcenter.behaviour.faults = [
    { on: "download-session-file.get", fileName: "disk-0.vmdk", skip: 1, status: 404, times: 9 },
  ];
  const { report } = await workflow.run(ONE_FILE);

  expect(report).toMatchObject({ status: "FAILED", error: { name: "DownloadSessionLost" } });
  expectNothingLeft(workflow);
});

test("makes one attempt to log in with a wrong password, whatever the number of files", async () => {
  const files = Array.from({ length: 10 }, (_, index) => ({
    name: `disk-${index}.vmdk`,
    content: Buffer.from(`content ${index}`),
  }));
  const items = [{ name: "ubuntu", type: "ovf", files }];
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items }],
    profile: { password: crypto.randomUUID() },
  });
  const { report, states } = await workflow.run();

  expect(report).toMatchObject({
    status: "FAILED",
    library: "Golden images",
    item: "ubuntu",
    files: [],
    error: { name: "LoginRefused" },
  });
  expect(states).toEqual([
    "TakeInput",
    "ResolveItem",
    "FinishItem",
    "AllExported",
    "NotifyFailed",
    "ExportFailed",
  ]);
  expect(workflow.vcenter.loginAttempts()).toBe(1);
  expectNothingLeft(workflow);
});

test("tries a password that stopped being right in the middle once only, for clean-up neither", async () => {
  const files = Array.from({ length: 10 }, (_, index) => ({
    name: `disk-${index}.vmdk`,
    content: Buffer.from(`content ${index}`),
  }));
  const items = [{ name: "ubuntu", type: "ovf", files }];
  await using workflow = await startWorkflow({ libraries: [{ ...ubuntu, items }] });
  const profile = await workflow.services.profile("lab");
  let attemptsBefore = 0;
  const execution = workflow.start({ maxConcurrency: 1 }, ({ type, state, fileName }) => {
    if (type === "StateExited" && state === "PrepareFile" && fileName === "disk-1.vmdk") {
      profile.password = crypto.randomUUID();
      attemptsBefore = workflow.vcenter.loginAttempts();
    }
  });
  const { report } = await execution.finished;

  expect(report).toMatchObject({ status: "FAILED", error: { name: "LoginRefused" } });
  expect(report.files.map(({ status }) => status)).toEqual(["EXPORTED", ...Array(9).fill("FAILED")]);
  expect(workflow.vcenter.loginAttempts() - attemptsBefore).toBe(1);
  // One download session is left to its lease: there is no way to delete it.
  for (const { id } of workflow.vcenter.openDownloadSessions()) workflow.vcenter.expireDownloadSession(id);
  expectNothingLeft(workflow);
});

async function transferUnderWay({ vcenter }: { vcenter: { transfers: { bytesSent: number }[] } }) {
  await expect.poll(() => vcenter.transfers[0]?.bytesSent ?? 0, { interval: 5 }).toBeGreaterThan(0);
}
