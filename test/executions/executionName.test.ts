import fc from "fast-check";
import { expect, test } from "vitest";
import {
  executionName,
  keyedExecutionName,
  keyedSyncExecutionName,
  scheduledNamePrefix,
  syncExecutionName,
} from "../../functions/executionName.ts";

test("an execution's name says what it exports", () => {
  expect(executionName({ library: "Golden Images", item: "ubuntu-24.04" })).toMatch(
    /^Golden-Images_ubuntu-24-04_[0-9a-f]{12}$/,
  );
  expect(executionName({ libraryItemId: "0a1b2c3d-4e5f" })).toMatch(/^0a1b2c3d-4e5f_[0-9a-f]{12}$/);
  expect(executionName({ library: "Système", item: "été" })).toMatch(/^Systeme_ete_/);
});

test("a sync's name says so, and what it mirrors", () => {
  expect(syncExecutionName({ library: "Golden Images" })).toMatch(/^sync_Golden-Images_[0-9a-f]{12}$/);
  expect(syncExecutionName({ libraryId: "0a1b2c3d-4e5f" })).toMatch(/^sync_0a1b2c3d-4e5f_[0-9a-f]{12}$/);
  expect(keyedSyncExecutionName("nightly/2026-11-24")).toMatch(/^sync_nightly-2026-11-24_[0-9a-f]{12}$/);
});

test("the name of a scheduled execution begins with what it is for, and has room for the id that follows", () => {
  const uuid = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
  expect(scheduledNamePrefix({ library: "Golden Images", item: "ubuntu-24.04" })).toBe(
    "Golden-Images_ubuntu-24-04_",
  );
  expect(scheduledNamePrefix({ libraryItemId: uuid })).toBe(`${uuid}_`);
  expect(scheduledNamePrefix({ library: "Golden Images" })).toBe("sync_Golden-Images_");
  expect(scheduledNamePrefix({ libraryId: uuid })).toBe(`sync_${uuid}_`);
});

test("two exports of the same item have two names", () => {
  const input = { library: "Golden Images", item: "ubuntu" };
  expect(executionName(input)).not.toBe(executionName(input));
});

test("a key always leads to the same name, and another key to another", () => {
  expect(keyedExecutionName("nightly/2026-11-24")).toBe(keyedExecutionName("nightly/2026-11-24"));
  expect(keyedExecutionName("nightly/2026-11-24")).toMatch(/^nightly-2026-11-24_[0-9a-f]{12}$/);
  expect(keyedExecutionName("a/b")).not.toBe(keyedExecutionName("a:b"));
});

test("whatever the names are, Step Functions and CloudWatch Logs take the name of the execution", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(text, text, (library, item) => {
      for (const name of [
        executionName({ library, item }),
        executionName({ libraryItemId: item }),
        keyedExecutionName(item),
        syncExecutionName({ library }),
        syncExecutionName({ libraryId: item }),
        keyedSyncExecutionName(item),
        scheduledNamePrefix({ library, item }) + "0".repeat(36),
        scheduledNamePrefix({ libraryId: item }) + "0".repeat(36),
      ]) {
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      }
    }),
  );
});
