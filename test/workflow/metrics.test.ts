import { expect, test } from "vitest";
import type { MetricName, Metrics } from "../../functions/metrics.ts";
import { startWorkflow } from "./harness.ts";

/** Adds up what is counted. */
function sums(): Metrics & { of: Partial<Record<MetricName, number>> } {
  const of: Partial<Record<MetricName, number>> = {};
  return {
    of,
    add(name, value) {
      of[name] = (of[name] ?? 0) + value;
    },
  };
}

test("an export counts files by outcome, bytes, seconds, repeated requests and keep-alives", async () => {
  await using workflow = await startWorkflow({
    behaviour: {
      prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }],
      wrongSessionChecksums: ["ubuntu.ovf"],
      faults: [{ on: "item.get", status: 503 }],
    },
  });
  const metrics = sums();
  workflow.services.metrics = metrics;
  await workflow.run();

  expect(metrics.of).toMatchObject({
    FilesExported: 1,
    FilesUnchanged: 0,
    FilesFailed: 1,
    BytesExported: 6 * 1024 * 1024,
    RequestsRepeated: 1,
  });
  expect(metrics.of.KeepAlives).toBeGreaterThanOrEqual(2);
  expect(metrics.of.TransferSeconds).toBeGreaterThan(0);

  workflow.vcenter.behaviour.wrongSessionChecksums = [];
  await workflow.run();
  expect(metrics.of).toMatchObject({ FilesExported: 2, FilesUnchanged: 1, FilesFailed: 1 });
});
