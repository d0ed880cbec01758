import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SyncInput } from "../../functions/sync/input.ts";
import type { Behaviour } from "../../simulators/vcenter/index.ts";
import { LIBRARY, ovfItem, plainItem, startSyncWorkflow } from "../sync/harness.ts";
import { ALL_KINDS, Canaries } from "./canaries.ts";
import { watchedSync } from "./watchedSync.ts";

const times = 200;
const ITEMS = [ovfItem("vm"), plainItem("notes")];

const scenarios: {
  what: string;
  error: string | null;
  input?: Partial<SyncInput>;
  behaviour?: Partial<Behaviour>;
}[] = [
  { what: "succeeds", error: null },
  {
    what: "exports an item that fails",
    error: "ChecksumMismatch",
    behaviour: { wrongSessionChecksums: ["notes.bin"] },
  },
  {
    what: "is refused by the endpoint",
    error: "SourceRefused",
    behaviour: { faults: [{ on: "data", status: 403, times }] },
  },
  {
    what: "gets HTML pages in place of answers for its items",
    error: "UnexpectedResponse",
    behaviour: { faults: [{ on: "download-session-file.prepare", answer: "html", times }] },
  },
];

describe("no password, session token or download URI comes out of a sync that", () => {
  test.each(scenarios)("$what ($error)", async ({ error, input, behaviour }) => {
    await using workflow = await startSyncWorkflow(ITEMS, {
      behaviour: { ...behaviour, faults: [...(behaviour?.faults ?? [])] },
    });
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedSync(workflow, input);
    expect(said.events.join("")).toContain(error === null ? "Sync Succeeded" : "Sync Failed");
    expect(said.API.join("")).toContain(error ?? '"SUCCEEDED"');
    // The report, with a line for each item.
    expect(said.S3.join("\n")).toContain(error ?? '"status": "EXPORTED"');
    expect([...canaries.kinds]).toEqual(ALL_KINDS);
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  test.each(["ListLibrary", "PlanPage", "ExportItem", "RecordPage"])("is stopped at %s", async (state) => {
    await using workflow = await startSyncWorkflow(ITEMS);
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedSync(workflow, {}, state);
    expect(said.events.join("")).toContain("Sync Failed");
    expect(said.API.join("")).toContain('"ABORTED"');
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  test("cannot list the library", async () => {
    await using workflow = await startSyncWorkflow(ITEMS, {
      behaviour: { faults: [{ on: "item.list", answer: "html", times }] },
    });
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedSync(workflow);
    expect(said.errors.join("")).toContain("UnexpectedResponse");
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  test("retires what vCenter has no more", async () => {
    await using workflow = await startSyncWorkflow(ITEMS);
    const { vcenter } = workflow;
    await workflow.sync();
    vcenter.removeItem(vcenter.itemId("notes"));
    const canaries = new Canaries(vcenter);
    const said = await watchedSync(workflow, { onDelete: "delete" });
    expect(said.S3.join("\n")).toContain('"status": "DELETED"');
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  test("is refused the log-in", async () => {
    const password = randomUUID();
    await using workflow = await startSyncWorkflow(ITEMS, { profile: { password } });
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedSync(workflow);
    expect(said.errors.join("")).toContain("LoginRefused");
    expect(canaries.leaksIn(said)).toEqual([]);
    expect(Object.values(said).flat().join("\n")).not.toContain(password);
  });
});

test("what is looked through is something on every way, the index and the report among it", async () => {
  await using workflow = await startSyncWorkflow(ITEMS, {
    behaviour: { wrongSessionChecksums: ["notes.bin"] },
  });
  const said = await watchedSync(workflow);
  expect(Object.entries(said).filter(([, texts]) => texts.length === 0)).toEqual([]);
  expect(said.S3.join("\n")).toContain(`${LIBRARY}/lib.json`);
  expect(said.S3.join("\n")).toMatch(/\/\.?library-export\/.*report/);
});
