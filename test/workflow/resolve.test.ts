import { expect, test } from "vitest";
import type { LibrarySource } from "../../simulators/vcenter/index.ts";
import { BUCKET, expectNothingLeft, startWorkflow, ubuntu } from "./harness.ts";

const file = (name: string) => ({ name, content: Buffer.from(name) });

const libraries: LibrarySource[] = [
  ubuntu,
  {
    name: "Templates",
    items: [
      { name: "vm", type: "vm-template", files: [] },
      { name: "empty", type: "other", files: [] },
      { name: "twin", type: "iso", id: "twin:1", files: [file("a.iso")] },
      { name: "twin", type: "iso", id: "twin:2", files: [file("a.iso")] },
    ],
  },
  { name: "Twins", id: "library:1", items: [] },
  { name: "Twins", id: "library:2", items: [] },
];

test.each([
  ["LibraryNotFound", { library: "Nowhere", item: "ubuntu" }, /no library named "Nowhere"/],
  ["LibraryNotFound", { library: "golden IMAGES", item: "ubuntu" }, /case-sensitive.*"Golden images"/],
  ["ItemNotFound", { library: "Golden images", item: "windows" }, /no item named "windows"/],
  ["ItemNotFound", { libraryItemId: "not-an-id" }, /not-an-id/],
  ["NameNotUnique", { library: "Twins", item: "x" }, /library:1, library:2/],
  ["NameNotUnique", { library: "Templates", item: "twin" }, /twin:1, twin:2/],
  ["NothingToExport", { library: "Templates", item: "vm" }, /VM template/],
  ["NothingToExport", { library: "Templates", item: "empty" }, /no files/],
  ["NoFileMatches", { include: ["*.iso"] }, /disk-0\.vmdk, ubuntu\.ovf/],
  ["ProfileNotFound", { vcenter: "elsewhere" }, /"elsewhere".*"lab"/],
  ["InvalidInput", { maxConcurrency: 0 }, /maxConcurrency/],
  ["InvalidInput", { libraryItemId: "x", library: "y" }, /libraryItemId, or library and item/],
])("ends with %s for %j, having opened nothing", async (name, input, message) => {
  await using workflow = await startWorkflow({ libraries });
  const { report, states } = await workflow.run(input);

  expect(report).toMatchObject({ status: "FAILED", manifest: null, files: [], error: { name } });
  expect(report.error?.message).toMatch(message);
  expect(states).toEqual([
    "TakeInput",
    "ResolveItem",
    "FinishItem",
    "AllExported",
    "NotifyFailed",
    "ExportFailed",
  ]);
  expect(workflow.s3.objects(BUCKET)).toEqual([]);
  expectNothingLeft(workflow);
});

test("hints at global permissions where the user sees no library at all", async () => {
  await using workflow = await startWorkflow({ behaviour: { librariesVisible: false } });
  const { report } = await workflow.run();
  expect(report.error?.name).toBe("LibraryNotFound");
  expect(report.error?.message).toContain("global permission");
});

test("exports one of two items of a name, when its id says which", async () => {
  await using workflow = await startWorkflow({ libraries });
  const { report } = await workflow.run({ libraryItemId: "twin:2" });
  expect(report).toMatchObject({ status: "EXPORTED", libraryItemId: "twin:2", library: "Templates" });

  const other = await workflow.run({ libraryItemId: "twin:1" });
  expect(other.report.error).toMatchObject({ name: "DestinationTaken" });
  expectNothingLeft(workflow);
});

test("ends with PermissionDenied in vCenter's words when the role lacks the privilege to download", async () => {
  await using workflow = await startWorkflow({ behaviour: { mayDownload: false } });
  const { report } = await workflow.run();
  expect(report.error?.name).toBe("PermissionDenied");
  expectNothingLeft(workflow);
});

test.each([
  [{ include: ["*.vmdk"] }, ["disk-0.vmdk"]],
  [{ exclude: ["*.vmdk"] }, ["ubuntu.ovf"]],
  [{ include: ["*"], exclude: ["disk-?.*"] }, ["ubuntu.ovf"]],
])("exports only the files that the globs %j choose", async (globs, names) => {
  await using workflow = await startWorkflow();
  const { report } = await workflow.run(globs);
  expect(report.files.map(({ name }) => name)).toEqual(names);
  expectNothingLeft(workflow);
});

test("takes a pattern that is a file's very name literally", async () => {
  const files = [file("disk[1].vmdk"), file("disk1.vmdk"), file(".hidden")];
  await using workflow = await startWorkflow({
    libraries: [{ name: "l", items: [{ name: "i", type: "other", files }] }],
  });
  const named = await workflow.run({ library: "l", item: "i", include: ["disk[1].vmdk"] });
  expect(named.report.files.map(({ name }) => name)).toEqual(["disk1.vmdk", "disk[1].vmdk"]);
  const dotted = await workflow.run({ library: "l", item: "i", include: ["*hidden"] });
  expect(dotted.report.files.map(({ name }) => name)).toEqual([".hidden"]);
});

test("plans without doing under dryRun, telling what would be refused", async () => {
  await using workflow = await startWorkflow();
  const { report, states } = await workflow.run({ dryRun: true });
  expect(report).toMatchObject({ status: "PLANNED", manifest: null, error: null });
  expect(report.files.map(({ name, status, key }) => ({ name, status, key }))).toEqual([
    { name: "disk-0.vmdk", status: "PLANNED", key: "Golden images/ubuntu/disk-0.vmdk" },
    { name: "ubuntu.ovf", status: "PLANNED", key: "Golden images/ubuntu/ubuntu.ovf" },
  ]);
  expect(states).not.toContain("ExportFiles");
  expect(workflow.s3.objects(BUCKET)).toEqual([]);

  await workflow.run({ include: ["ubuntu.ovf"] });
  const later = await workflow.run({ dryRun: true });
  expect(later.report.files.map(({ status }) => status)).toEqual(["PLANNED", "UNCHANGED"]);
  expectNothingLeft(workflow);
});

test("refuses an item whose plan and results would not fit an execution's state", async () => {
  const files = Array.from({ length: 400 }, (_, index) => file(`a-rather-long-file-name-${index}.vmdk`));
  await using workflow = await startWorkflow({
    libraries: [{ name: "l", items: [{ name: "i", type: "other", files }] }],
  });
  const { report } = await workflow.run({ library: "l", item: "i" });
  expect(report.error).toMatchObject({ name: "TooManyFiles" });
  expect(report.error?.message).toContain("400 files");
  const some = await workflow.run({ library: "l", item: "i", include: ["*-10?.vmdk"] });
  expect(some.report.status).toBe("EXPORTED");
  expectNothingLeft(workflow);
});
