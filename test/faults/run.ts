import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { ExportInput } from "../../functions/input.ts";
import type { ExportReport, FileResult } from "../../functions/workflow.ts";
import { startWorkflow, type Workflow } from "../workflow/harness.ts";
import { startDeployed } from "./deployed.ts";
import { disturbedFunctions } from "./disturb.ts";
import { leftoversOf, type Place, unverifiedIn } from "./leftovers.ts";
import { withoutPauses } from "./s3Retries.ts";
import { FAULTED, type Fault, LARGE_BYTES, type Scenario, type Scene, SMALL_BYTES } from "./scenario.ts";

/** What was seen of a scenario: a row of the page. */
export interface Outcome {
  name: string;
  /** EXPORTED, or the name of the error. */
  outcome: string;
  /** Of the files before and after it; empty when no file was begun. */
  siblings: string[];
  refusedLogIns: number;
  left: string[];
}

/** What is looked at of a report. */
export interface Ending extends Pick<ExportReport, "status" | "manifest" | "error"> {
  files: Pick<FileResult, "name" | "key" | "status" | "error">[];
}

const FIRST = "boot.iso";
const LAST = "readme.iso";
const FOLDER = "Golden images/ubuntu";

/**
 * Exports an item, one of whose files meets the fault, by the real workflow over real sockets.
 * @returns what was seen, for the scenario's expectation to be compared with
 */
export async function run({ name, fault }: Scenario): Promise<Outcome> {
  const contents = new Map([
    [FIRST, randomBytes(2_000)],
    [FAULTED, randomBytes(fault.bytes ?? (fault.handedOver ? LARGE_BYTES : SMALL_BYTES))],
    [LAST, randomBytes(3_000)],
  ]);
  let calls = 0;
  const functions = disturbedFunctions(
    fault,
    () => scene,
    () => {
      calls += 1;
    },
  );
  await using workflow = await startWorkflow({
    libraries: [libraryOf(contents)],
    behaviour: { ...(fault.handedOver && { ranges: false }), ...fault.given },
    settings: { containerRoute: fault.handedOver ?? false },
    functions,
    ...(fault.s3Silence && { s3Client: { silenceMilliseconds: fault.s3Silence } }),
  });
  await withoutPauses(workflow.s3Client);
  const { thumbprintSha256: thumbprint } = workflow.vcenter;
  // Faster than a bundle, which is put beside the system's authorities for each new certificate.
  Object.assign(await workflow.services.profile("lab"), { thumbprint });
  if (fault.timeouts) workflow.services.timeouts = fault.timeouts;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const scene: Scene = {
    workflow,
    libraryItemId: workflow.vcenter.itemId("ubuntu"),
    stop: () => execution.stop(),
    ended,
    outlasting: [],
  };
  // Nothing else is exported here.
  const place: Place = { prefix: "", itemId: scene.libraryItemId };
  const input = { maxConcurrency: 1, ...fault.input };
  const execution = fault.deployed
    ? startDeployed(workflow, functions, input, fault.deployed.stopAt)
    : startHere(workflow, input);
  const report = await execution.ending.finally(end);
  await Promise.allSettled(scene.outlasting);

  if (!fault.deployed?.stopAt) requireMet(fault, workflow, calls);
  await requireOnlyVerified(workflow, place, contents, report);
  requireNoSecrets(workflow, report);
  return {
    name,
    outcome: errorOf(report) ?? outcomeOf(report, FAULTED),
    siblings: report.files.length === 0 ? [] : [outcomeOf(report, FIRST), outcomeOf(report, LAST)],
    refusedLogIns: refusedLogIns(workflow),
    left: [...leftoversOf(workflow, place), ...workflow.vcenter.openLogins().map(() => "log-in")],
  };
}

function startHere(workflow: Workflow, input: Partial<ExportInput>) {
  const { stop, result } = workflow.start(input);
  return { stop, ending: result };
}

function libraryOf(contents: Map<string, Buffer>) {
  const files = [...contents].map(([name, content]) => ({ name, content }));
  return { name: "Golden images", items: [{ name: "ubuntu", type: "other", files }] };
}

function outcomeOf({ files, error, status }: Ending, fileName: string): string {
  const file = files.find(({ name }) => name === fileName);
  if (file === undefined) return error?.name ?? status;
  return file.error?.name ?? file.status;
}

/** Of an export that fails although each of its files is good: for its manifest. */
function errorOf({ files, error }: Ending): string | undefined {
  return files.some((file) => file.error !== null) ? undefined : error?.name;
}

/** A scenario whose fault nothing runs into shows nothing, and each fault of a list stands there for a reason. */
function requireMet(fault: Fault, { vcenter, s3 }: Workflow, calls: number): void {
  expect(calls, "invocations that the fault was in force in").toBeGreaterThan(0);
  requireEachMet(fault.vcenter, vcenter.faultsMet);
  requireEachMet(fault.s3, s3.faultsMet);
}

function requireEachMet(faults: object[] | object | undefined, met: readonly object[]): void {
  if (faults !== undefined) expect(met.length, "faults that were met").toBeGreaterThan(0);
  if (Array.isArray(faults)) expect(faults.filter((each) => !met.includes(each))).toEqual([]);
}

/** Under every final key there are the file's own bytes with their checksum, and the manifest names just those. */
async function requireOnlyVerified(
  workflow: Workflow,
  place: Place,
  contents: Map<string, Buffer>,
  report: Ending,
): Promise<void> {
  const manifestKey = `${FOLDER}/.export.json`;
  const published = workflow.keys().filter((key) => key !== manifestKey);
  expect(await unverifiedIn(workflow, place, contents)).toEqual([]);
  const exported = report.files.filter(({ status }) => status === "EXPORTED").map(({ key }) => key);
  expect(published).toEqual(expect.arrayContaining(exported));
  if (report.manifest === null) return;
  const manifest: unknown = JSON.parse((await workflow.object(manifestKey)).body.toString());
  expect(manifest).toMatchObject({
    files: contents
      .keys()
      .filter((name) => exported.includes(`${FOLDER}/${name}`))
      .map((name) => ({ name }))
      .toArray(),
  });
}

function requireNoSecrets({ vcenter }: Workflow, report: Ending): void {
  const told = JSON.stringify(report);
  expect(told).not.toMatch(/cls\/data/);
  expect(told).not.toContain(vcenter.password);
}

function refusedLogIns({ vcenter }: Workflow): number {
  const logIns = vcenter.requests.filter(({ operation }) => operation === "session.create");
  return logIns.filter(({ status }) => status === 401).length;
}
