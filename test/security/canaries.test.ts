import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Behaviour } from "../../simulators/vcenter/index.ts";
import { Scene } from "../cli/scene.ts";
import { startWorkflow, ubuntu, type WorkflowSetup } from "../workflow/harness.ts";
import { ALL_KINDS, Canaries } from "./canaries.ts";
import { watchedExport } from "./watchedExport.ts";

const times = 50;
const scenarios: {
  what: string;
  error: string | null;
  behaviour?: Partial<Behaviour>;
  profile?: Record<string, unknown>;
}[] = [
  { what: "succeeds", error: null },
  { what: "polls", error: null, behaviour: { prepare: [{ status: "PREPARING" }, { status: "PREPARED" }] } },
  {
    what: "is asked for the session's token by the endpoint",
    error: null,
    behaviour: { dataNeedsSession: true },
  },
  { what: "speaks XML", error: null, profile: { dialect: "rest-xml" } },
  { what: "loses its log-ins", error: null, behaviour: { sessionsDieWithLogin: true } },
  {
    what: "is resumed",
    error: null,
    behaviour: { faults: [{ on: "data", reset: true, afterBytes: 1e6 }] },
  },
  {
    what: "breaks again and again",
    error: "TransferInterrupted",
    behaviour: { ranges: false, faults: [{ on: "data", reset: true, afterBytes: 1e6, times }] },
  },
  {
    what: "finds the endpoint closed",
    error: "TransferInterrupted",
    behaviour: { endpoint: "closed-port" },
  },
  {
    what: "is refused by the endpoint",
    error: "SourceRefused",
    behaviour: { faults: [{ on: "data", status: 403, times }] },
  },
  {
    what: "is redirected by the endpoint",
    error: "SourceRefused",
    behaviour: { faults: [{ on: "data", location: "https://elsewhere.invalid/", times }] },
  },
  {
    what: "may not go to the endpoint",
    error: "EndpointNotAllowed",
    behaviour: { endpoint: "other-host" },
  },
  { what: "cannot go to the endpoint", error: "EndpointNotSupported", behaviour: { endpoint: "ds" } },
  {
    what: "meets another certificate",
    error: "CertificateMismatch",
    behaviour: { endpoint: "second-port", endpointThumbprint: "wrong" },
  },
  {
    what: "gets other bytes",
    error: "ChecksumMismatch",
    behaviour: { wrongSessionChecksums: ["disk-0.vmdk"] },
  },
  {
    what: "gets an HTML page in place of an answer",
    error: "UnexpectedResponse",
    behaviour: { faults: [{ on: "download-session-file.prepare", answer: "html", times }] },
  },
  {
    what: "is not let in although it has logged in",
    error: "VcenterFailure",
    behaviour: { faults: [{ on: "download-session.get", status: 401, times }] },
  },
];

describe("no password, session token or download URI comes out of an export that", () => {
  test.each(scenarios)("$what ($error)", async ({ error, behaviour, profile }) => {
    await using workflow = await startWorkflow({
      behaviour: { ...behaviour, faults: [...(behaviour?.faults ?? [])] },
      profile,
    });
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedExport(workflow, { include: ["disk-0.vmdk"] });
    expect(said.states.join("")).toContain(error ?? '"NotifySucceeded"');
    expect(said.API.join("")).toContain(error ?? "SUCCEEDED");
    expect([...canaries.kinds]).toEqual(ALL_KINDS);
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  test("is refused the log-in", async () => {
    const password = randomUUID();
    await using workflow = await startWorkflow({ profile: { password } });
    const canaries = new Canaries(workflow.vcenter);
    const said = await watchedExport(workflow);
    expect(said.errors.join("")).toContain("LoginRefused");
    expect(canaries.leaksIn(said)).toEqual([]);
    expect(Object.values(said).flat().join("\n")).not.toContain(password);
  });

  test("runs out of time, and is refused by S3", async () => {
    const setup: WorkflowSetup = { libraries: [ubuntu] };
    await using workflow = await startWorkflow(setup);
    const canaries = new Canaries(workflow.vcenter);
    workflow.services.remainingMilliseconds = () => 16_000;
    workflow.s3.faults.push({ operation: "CompleteMultipartUpload", status: 403, times });
    const said = await watchedExport(workflow);
    expect(said.states.join("")).toContain('"phase":');
    expect(said.errors.join("")).toContain("DestinationDenied");
    expect(canaries.leaksIn(said)).toEqual([]);
  });
});

describe("what is looked through", () => {
  test("is something on every way", async () => {
    await using workflow = await startWorkflow({ behaviour: { wrongSessionChecksums: ["disk-0.vmdk"] } });
    const said = await watchedExport(workflow);
    expect(Object.values(said).filter((texts) => texts.length === 0)).toEqual([]);
    // Run records and manifest among it.
    expect(said.S3.join("\n")).toMatch(/"downloadSessionIds": \[\s+"/);
    expect(said.S3.join("\n")).toContain('"format": "library-export/1"');
  });

  test("shows a secret that is there", async () => {
    await using workflow = await startWorkflow();
    const canaries = new Canaries(workflow.vcenter);
    await workflow.run();
    expect(canaries.foundIn(`a log line with ${workflow.vcenter.password} in it`)).toEqual(["password"]);
  });
});

describe("no secret is printed by the command line", () => {
  test.each([
    ["for people, when all goes well", [], null],
    ["for programs, when all goes well", ["--json"], null],
    ["for people, when a file fails", [], "ChecksumMismatch"],
    ["for programs, when a file fails", ["--json"], "ChecksumMismatch"],
  ])("%s", async (_what, options, error) => {
    await using scene = await Scene.open([ubuntu]);
    if (error !== null) scene.vcenter.behaviour.wrongSessionChecksums = ["disk-0.vmdk"];
    const canaries = new Canaries(scene.vcenter);
    const { stdout, stderr } = await scene.runExport(["Golden images/ubuntu", "s3://my-archive", ...options]);
    expect(stdout + stderr).toMatch(error ?? /exported/i);
    expect([...canaries.kinds]).toEqual(ALL_KINDS);
    expect(canaries.foundIn(stdout + stderr)).toEqual([]);
    expect(stdout + stderr).not.toContain(scene.s3.credentials.secretAccessKey);
  });
});
