import { describe, expect, test, vi } from "vitest";
import type { SyncReport } from "../../../functions/sync/report.ts";
import type { LibrarySource } from "../../../simulators/vcenter/index.ts";
import { expectDifferences } from "../../differences.ts";
import { ovfItem, plainItem } from "../../sync/harness.ts";
import type { Deployment } from "./deployment.ts";
import { SYNC_DIFFERENCES } from "./differences.ts";
import { type EventQueue, putEvent } from "./events.ts";
import { endOf, historyOf, startExecution, statesOf } from "./execution.ts";
import { type Gateway, gatewayOf } from "./gateway.ts";
import { describeStoppedSync } from "./stoppedSync.ts";

/** A small library of every kind of item: two files, three, and none that could be exported. */
export const mirrored: LibrarySource = {
  name: "Mirrored",
  items: [
    plainItem("notes"),
    ovfItem("appliance", ["disk-0.vmdk", "disk-1.vmdk"]),
    { name: "template", type: "vm-template", files: [] },
  ],
};

/** What a deployment does with a whole library: one state machine that starts executions of another. */
export function describeSyncs(deployed: () => Deployment, events: () => EventQueue): void {
  describe("the sync of a library", () => {
    expectDifferences(SYNC_DIFFERENCES);

    const input = { vcenter: "lab", library: "Mirrored" };
    const gateway = (): Gateway => gatewayOf(deployed().aws, deployed().outputs.ApiUrl ?? "");
    const start = (given: object) => {
      const { stepFunctions, outputs } = deployed();
      return startExecution(stepFunctions, outputs.SyncStateMachineArn, JSON.stringify(given));
    };
    const run = async (given: object) => {
      const arn = await start(given);
      return endOf<SyncReport>(deployed().stepFunctions, arn);
    };
    const keysBelow = async (prefix: string) =>
      (await deployed().keys()).filter((key) => key.startsWith(prefix)).sort();

    let first = "";

    test("every item becomes an execution of its own, and the mirror has its index", async () => {
      const { status, report, arn } = await run(input);
      first = arn;
      expect({ status, report }).toMatchObject({
        status: "SUCCEEDED",
        report: {
          status: "SYNCHRONIZED",
          counts: { EXPORTED: 2, NOT_EXPORTABLE: 1, FAILED: 0 },
          filesMoved: 4,
          index: { key: "Mirrored/lib.json" },
        },
      });
      expect(await keysBelow("Mirrored/")).toEqual([
        "Mirrored/appliance/.export.json",
        "Mirrored/appliance/appliance.ovf",
        "Mirrored/appliance/disk-0.vmdk",
        "Mirrored/appliance/disk-1.vmdk",
        "Mirrored/appliance/item.json",
        "Mirrored/items.json",
        "Mirrored/lib.json",
        "Mirrored/notes/.export.json",
        "Mirrored/notes/item.json",
        "Mirrored/notes/notes.bin",
      ]);
      const { body } = await deployed().object("Mirrored/appliance/disk-1.vmdk");
      expect(body.toString()).toBe("appliance disk-1.vmdk");
      expect(statesOf(await historyOf(deployed().stepFunctions, arn))).toContain("ExportItems");
    });

    test("of what a sync writes for itself, only its report stays", async () => {
      expect(await deployed().leftBehind()).toEqual({
        uploads: [],
        recordsAndStagingObjects: [],
        downloadSessions: 0,
        logins: 0,
      });
      const run = first.slice(first.lastIndexOf(":") + 1);
      expect(await keysBelow(".library-export/")).toEqual([`.library-export/reports/${run}.json`]);
    });

    test("whoever listens is told of the sync", async () => {
      expect(await events().next(({ detail }) => detail.execution === first)).toMatchObject({
        "detail-type": "Sync Succeeded",
        detail: { vcenter: "lab", library: "Mirrored", counts: { EXPORTED: 2 }, error: null },
      });
    });

    test("a second sync moves nothing, and starts no export", async () => {
      const transfers = deployed().vcenter.transfers.length;
      const { report, arn } = await run(input);
      expect(report).toMatchObject({
        counts: { EXPORTED: 0, UNCHANGED: 2, NOT_EXPORTABLE: 1 },
        filesMoved: 0,
      });
      expect(deployed().vcenter.transfers).toHaveLength(transfers);
      expect(statesOf(await historyOf(deployed().stepFunctions, arn))).not.toContain("ExportItems");
    });

    test("an item that fails does not keep the others, and the report says why", async () => {
      deployed().vcenter.behaviour.wrongSessionChecksums = ["notes.bin"];
      const { status, cause } = await run({ ...input, destination: { prefix: "failing/" } });
      expect(status).toBe("FAILED");
      expect(cause).toMatch(/^1 of 3 items failed: "notes": .*the SHA256 of the bytes received is/);
      expect(await keysBelow("failing/Mirrored/appliance/")).toHaveLength(5);
      expect(await keysBelow("failing/Mirrored/notes/")).toEqual([]);
    });

    test("an event starts a sync, and is told of by another", async () => {
      const detail = { ...input, destination: { prefix: "event/" } };
      await putEvent(deployed().aws, "Sync Requested", detail);
      const told = await events().next(({ detail }) => detail.report?.key.startsWith("event/") ?? false);
      expect(told).toMatchObject({ "detail-type": "Sync Succeeded", detail: { counts: { EXPORTED: 2 } } });
      expect(await keysBelow("event/Mirrored/notes/")).toContain("event/Mirrored/notes/notes.bin");
    });

    describeStoppedSync(deployed, events);

    test("the API starts a sync, and shows what it has done", async () => {
      const body = { ...input, destination: { prefix: "api/" } };
      const started = await gateway().ask("POST", "/syncs", { body });
      expect(started).toMatchObject({ status: 201, body: { state: "RUNNING" } });
      const location = String(started.headers.location);
      expect(location).toMatch(/^\/prod\/syncs\/sync_Mirrored_[0-9a-f]{12}$/);
      const status = await vi.waitUntil(
        async () => {
          const { body } = await gateway().ask("GET", location);
          return body.state !== "RUNNING" && body;
        },
        { timeout: 90_000, interval: 1000 },
      );
      expect(status).toMatchObject({
        state: "SUCCEEDED",
        library: { vcenter: "lab", name: "Mirrored" },
        pages: { total: 1, done: 1 },
        counts: { EXPORTED: 2 },
        index: { key: "api/Mirrored/lib.json" },
      });
      const { body: listed } = await gateway().ask("GET", "/syncs?limit=1");
      expect(listed).toMatchObject({ syncs: [{ id: started.body.id }] });
    });
  });
}
