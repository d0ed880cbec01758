import { expect, test } from "vitest";
import { LIBRARY, ovfItem, plainItem, startSyncWorkflow } from "./harness.ts";

const ITEMS = 200;
const name = (number: number) => `item-${String(number).padStart(3, "0")}`;

test("of 200 items, a second sync moves exactly what has changed, and a third one nothing", async () => {
  const plain = Array.from({ length: ITEMS - 1 }, (_, number) => plainItem(name(number)));
  await using workflow = await startSyncWorkflow([...plain, ovfItem("appliance")], {
    profile: { maxTransfers: 16 },
  });
  const { vcenter } = workflow;

  const first = await workflow.sync({ maxConcurrency: 16 });
  expect(first.report).toMatchObject({
    status: "SYNCHRONIZED",
    counts: { EXPORTED: ITEMS, UNCHANGED: 0, FAILED: 0 },
    filesMoved: ITEMS + 1,
    error: null,
  });
  expect(workflow.transfers()).toHaveLength(ITEMS + 1);

  for (const number of [3, 70, 150]) {
    const content = Buffer.from(`new content of ${number}`);
    await vcenter.replaceFile(vcenter.itemId(name(number)), { name: `${name(number)}.bin`, content });
  }
  for (const added of ["added-1", "added-2"]) {
    await vcenter.addItem(vcenter.libraryId(LIBRARY), plainItem(added));
  }
  vcenter.removeItem(vcenter.itemId(name(10)));
  const broken = vcenter.itemId(name(20));
  await vcenter.replaceFile(broken, { name: "broken.bin", content: Buffer.from("broken") });
  vcenter.behaviour.wrongSessionChecksums = ["broken.bin"];

  const second = await workflow.sync({ maxConcurrency: 16 });
  const handled = Object.values(second.items).filter(({ status }) => status !== "UNCHANGED");
  expect(
    Object.fromEntries(handled.map(({ item, action, status }) => [item, `${action} ${status}`])),
  ).toEqual({
    [name(3)]: "CHANGED EXPORTED",
    [name(70)]: "CHANGED EXPORTED",
    [name(150)]: "CHANGED EXPORTED",
    "added-1": "NEW EXPORTED",
    "added-2": "NEW EXPORTED",
    [name(10)]: "GONE KEPT",
    [name(20)]: "CHANGED FAILED",
  });
  expect(second.report).toMatchObject({
    status: "FAILED",
    filesMoved: 5,
    error: { name: "ChecksumMismatch" },
  });
  expect(second.items[name(20)]?.error?.message).toContain("broken.bin");
  expect(new Set(workflow.transfers())).toEqual(
    new Set(
      [3, 70, 150].map((number) => `${name(number)}.bin`).concat("added-1.bin", "added-2.bin", "broken.bin"),
    ),
  );

  vcenter.behaviour.wrongSessionChecksums = [];
  expect((await workflow.sync({ maxConcurrency: 16 })).report).toMatchObject({
    status: "SYNCHRONIZED",
    filesMoved: 1,
  });
  workflow.transfers();
  workflow.calls();
  const last = await workflow.sync({ maxConcurrency: 16 });
  expect(last.report).toMatchObject({
    status: "SYNCHRONIZED",
    counts: { UNCHANGED: ITEMS + 1, KEPT: 1, EXPORTED: 0 },
    filesMoved: 0,
    bytesMoved: 0,
  });
  expect(workflow.transfers()).toEqual([]);
  expect(last.states).not.toContain("ExportItems");
  const calls = Map.groupBy(workflow.calls(), (operation) => operation);
  const counts = Object.fromEntries([...calls].map(([operation, made]) => [operation, made.length]));
  // Two calls for each item; three log-ins: one to list, one for each of the three pages.
  expect(counts).toEqual({
    "session.create": 4,
    "session.delete": 4,
    "library.find": 1,
    "library.get": 1,
    "item.list": 1,
    "item.get": ITEMS + 1,
    "item-file.list": ITEMS + 1,
  });
  expect(vcenter.openLogins()).toEqual([]);
  expect(vcenter.openDownloadSessions()).toEqual([]);
}, 120_000);
