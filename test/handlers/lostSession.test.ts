import { describe, expect, test } from "vitest";
import { DownloadSessionLost, ItemNotFound, VcenterUnavailable } from "../../functions/errors.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { startWorkflow, type Workflow } from "../workflow/harness.ts";
import { prepared, resolved } from "./fileState.ts";

const NOT_READY = JSON.stringify({ name: "disk-0.vmdk", status: "PREPARE_REQUESTED" });

function created({ vcenter }: Workflow): number {
  return vcenter.requests.filter(({ operation }) => operation === "download-session.create").length;
}

describe("TransferFile opens a download session of its own when that of PrepareFile", () => {
  test.each<[string, (workflow: Workflow, id: string) => void]>([
    ["has expired", ({ vcenter }, id) => vcenter.expireDownloadSession(id)],
    ["was cancelled", ({ vcenter }, id) => vcenter.cancelDownloadSession(id)],
    [
      "has the file ready no more",
      ({ vcenter }) =>
        vcenter.behaviour.faults.push({ on: "download-session-file.get", status: 200, body: NOT_READY }),
    ],
  ])("%s", async (_why, spoil) => {
    await using workflow = await startWorkflow();
    const state = await prepared(workflow);
    spoil(workflow, state.session?.downloadSessionId ?? "");
    const { result } = await handlers.TransferFile(state, workflow.services);
    expect(result).toMatchObject({ status: "EXPORTED" });
    expect(created(workflow)).toBe(2);
  });

  test("is out of its log-in's reach", async () => {
    await using workflow = await startWorkflow();
    const state = await prepared(workflow);
    workflow.vcenter.behaviour.faults.push({ on: "download-session.get", status: 403 });
    expect((await handlers.TransferFile(state, workflow.services)).done).toBe(true);
    expect(created(workflow)).toBe(2);
  });
});

test("a vCenter that does not answer has lost no session", async () => {
  await using workflow = await startWorkflow();
  const state = await prepared(workflow);
  workflow.vcenter.behaviour.faults.push({ on: "download-session.get", status: 503, times: 100 });
  await expect(handlers.TransferFile(state, workflow.services)).rejects.toThrow(VcenterUnavailable);
  expect(created(workflow)).toBe(1);
});

test("a session that disappears while its file is being prepared anew is lost", async () => {
  await using workflow = await startWorkflow();
  const state = await prepared(workflow);
  workflow.vcenter.expireDownloadSession(state.session?.downloadSessionId ?? "");
  workflow.vcenter.behaviour.faults.push({ on: "download-session-file.prepare", status: 404, times: 9 });
  await expect(handlers.TransferFile(state, workflow.services)).rejects.toThrow(DownloadSessionLost);
});

test("an item that is gone when its session is opened is named", async () => {
  await using workflow = await startWorkflow();
  const state = await resolved(workflow);
  workflow.vcenter.removeItem(state.item.libraryItemId);
  await expect(handlers.PrepareFile(state, workflow.services)).rejects.toThrow(ItemNotFound);
});

test("a session that was cancelled while it was polled is gone, which is no failure of its file", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 99 }] },
  });
  const state = await prepared(workflow);
  workflow.vcenter.cancelDownloadSession(state.session?.downloadSessionId ?? "");
  const polled = await handlers.PollFile(state, workflow.services);
  expect(polled).toMatchObject({ status: "SESSION_GONE" });
});
