import { createHash, randomUUID } from "node:crypto";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { defaultBehaviour } from "../../../simulators/vcenter/behaviour.ts";
import { ubuntu } from "../../workflow/harness.ts";
import { describeAwsBehaviour } from "./awsBehaviour.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { type EventQueue, putEvent, queueEvents } from "./events.ts";
import { childrenOf, historyOf, statesOf } from "./execution.ts";
import { describeSyncs, mirrored } from "./syncs.ts";
import { describeThroughGateway } from "./throughGateway.ts";
import { everythingKept } from "./traces.ts";

const DISK = "Golden images/ubuntu/disk-0.vmdk";

describe("ministack", { timeout: 120_000 }, () => {
  let deployment: Deployment;
  let events: EventQueue;

  beforeAll(async () => {
    deployment = await deploy([ubuntu, mirrored]);
    events = await queueEvents(deployment.aws, "library-export");
    await deployment.addProfile("lab");
  }, 240_000);
  afterAll(() => deployment?.close());
  afterEach(() => {
    Object.assign(deployment.vcenter.behaviour, defaultBehaviour());
  });

  const wrongPassword = randomUUID();
  const nothing = { uploads: [], recordsAndStagingObjects: [], downloadSessions: 0, logins: 0 };

  const twoLines = () => `{ "vcenter": "lab",\n  "libraryItemId": "${deployment.vcenter.itemId("ubuntu")}" }`;

  test("two lines of input export an item, with its metadata, and leave nothing else", async () => {
    // WHEN
    const { status, report, arn } = await deployment.run(twoLines());
    // THEN
    expect(status).toBe("SUCCEEDED");
    const { body, metadata } = await deployment.object(DISK);
    const value = createHash("sha256").update(body).digest("hex");
    expect(report).toMatchObject({
      status: "EXPORTED",
      manifest: { bucket: deployment.outputs.BucketName, key: "Golden images/ubuntu/.export.json" },
      files: [
        {
          name: "disk-0.vmdk",
          status: "EXPORTED",
          size: 6 * 1024 * 1024,
          checksum: { algorithm: "SHA256", value, source: "session" },
        },
        { name: "ubuntu.ovf", status: "EXPORTED" },
      ],
    });
    expect(metadata).toMatchObject({
      checksum: value,
      "checksum-algorithm": "SHA256",
      "checksum-source": "session",
      "source-file": "disk-0.vmdk",
      "library-item-id": deployment.vcenter.itemId("ubuntu"),
      "content-version": "1",
      vcenter: "lab",
    });
    expect((await deployment.object("Golden images/ubuntu/ubuntu.ovf")).body.toString()).toBe("<Envelope/>");
    expect(await deployment.leftBehind()).toEqual(nothing);
    // AND each file was an execution of its own
    expect(statesOf(await historyOf(deployment.stepFunctions, arn))).toContain("ExportFiles");
    expect(await childrenOf(deployment.stepFunctions, arn)).toHaveLength(2);
  });

  test("whoever listens is told of the export", async () => {
    const [{ arn } = { arn: "" }] = deployment.executions;
    expect(await events.next(({ detail }) => detail.execution === arn)).toMatchObject({
      source: "library-export",
      "detail-type": "Export Succeeded",
      detail: { vcenter: "lab", item: "ubuntu", status: "EXPORTED", counts: { exported: 2 } },
    });
  });

  test("the same input again moves nothing", async () => {
    const transfers = deployment.vcenter.transfers.length;
    const { report } = await deployment.run(twoLines());
    expect(report).toMatchObject({ status: "UNCHANGED", counts: { exported: 0, unchanged: 2, failed: 0 } });
    expect(deployment.vcenter.transfers).toHaveLength(transfers);
  });

  test("a file that vCenter is slow to prepare is waited for", async () => {
    deployment.vcenter.behaviour.prepare = [
      { status: "PREPARE_REQUESTED" },
      { status: "PREPARING" },
      { status: "PREPARED" },
    ];
    const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.ovf"] };
    const { report } = await deployment.run(
      JSON.stringify({ ...input, destination: { prefix: "slow/" }, maxConcurrency: 1 }),
    );
    expect(report).toMatchObject({ status: "EXPORTED", files: [{ name: "ubuntu.ovf" }] });
  });

  test("an export of which a file fails names the error, and replaces nothing", async () => {
    // GIVEN an object that somebody else has put where the file would go
    const input = { vcenter: "lab", libraryItemId: deployment.vcenter.itemId("ubuntu"), overwrite: "never" };
    await deployment.vcenter.replaceFile(input.libraryItemId, {
      name: "ubuntu.ovf",
      content: Buffer.from("<Envelope>2</Envelope>"),
    });
    // WHEN
    const execution = await deployment.run(JSON.stringify(input));
    // THEN
    expect(execution).toMatchObject({ status: "FAILED", error: "ObjectExists" });
    expect(execution.cause).toContain('"ubuntu.ovf"');
    expect((await deployment.object("Golden images/ubuntu/ubuntu.ovf")).body.toString()).toBe("<Envelope/>");
    expect(await deployment.leftBehind()).toEqual(nothing);
  });

  test("bytes that are not what vCenter sent do not become an object", async () => {
    // GIVEN
    deployment.vcenter.behaviour.wrongSessionChecksums = ["disk-0.vmdk"];
    const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.vmdk"] };
    // WHEN
    const { status, cause } = await deployment.run(
      JSON.stringify({ ...input, destination: { prefix: "spoiled/" } }),
    );
    // THEN
    expect(status).toBe("FAILED");
    expect(cause).toContain('1 of 1 file failed: "disk-0.vmdk": the SHA256 of the bytes received is');
    expect((await deployment.keys()).filter((key) => /^spoiled\/.*vmdk$/.test(key))).toEqual([]);
    expect(await deployment.leftBehind()).toEqual(nothing);
  });

  test("a profile is added by its secret alone, and a log-in that is refused is tried once", async () => {
    // GIVEN
    await deployment.addProfile("added", { password: wrongPassword });
    const attempts = deployment.vcenter.loginAttempts();
    // WHEN
    const { status, cause } = await deployment.run(twoLines().replace("lab", "added"));
    // THEN
    expect(status).toBe("FAILED");
    expect(cause).toContain("log-in");
    expect(deployment.vcenter.loginAttempts()).toBe(attempts + 1);
  });

  test("what a stopped export leaves is removed, and whoever listens is told", async () => {
    // GIVEN an export that waits for vCenter
    const { behaviour, openDownloadSessions } = deployment.vcenter;
    behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
    const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["*.vmdk"] };
    const arn = await deployment.start(JSON.stringify({ ...input, destination: { prefix: "stopped/" } }));
    await vi.waitUntil(() => openDownloadSessions().length > 0, { timeout: 60_000 });
    // WHEN
    await deployment.stepFunctions.send(new StopExecutionCommand({ executionArn: arn }));
    expect(await deployment.end(arn)).toMatchObject({ status: "ABORTED" });
    // THEN
    await expect.poll(deployment.leftBehind, { timeout: 60_000, interval: 500 }).toEqual(nothing);
    expect(await events.next(({ detail }) => detail.execution === arn)).toMatchObject({
      "detail-type": "Export Failed",
      detail: { vcenter: "lab", item: "ubuntu", status: "FAILED", counts: { exported: 0, failed: 1 } },
    });
  });

  describe("events on the bus", () => {
    const detail = {
      vcenter: "lab",
      library: "Golden images",
      item: "ubuntu",
      destination: { prefix: "event/" },
    };
    const key = "event/Golden images/ubuntu/.export.json";

    test("an event becomes an object, and an event", async () => {
      await putEvent(deployment.aws, "Export Requested", detail);
      const told = await events.next((event) => event.detail.manifest?.key === key);
      expect(told).toMatchObject({
        "detail-type": "Export Succeeded",
        detail: { vcenter: "lab", item: "ubuntu", status: "EXPORTED", counts: { exported: 2 }, error: null },
      });
      const { body } = await deployment.object("event/Golden images/ubuntu/disk-0.vmdk");
      expect(body).toHaveLength(6 * 1024 * 1024);
      expect(await deployment.end(told.detail.execution)).toMatchObject({ status: "SUCCEEDED" });
    });

    test("the same event a second time moves nothing", async () => {
      const transfers = deployment.vcenter.transfers.length;
      await putEvent(deployment.aws, "Export Requested", detail);
      expect(await events.next((event) => event.detail.manifest?.key === key)).toMatchObject({
        "detail-type": "Export Succeeded",
        detail: { status: "UNCHANGED", counts: { exported: 0, unchanged: 2 } },
      });
      expect(deployment.vcenter.transfers).toHaveLength(transfers);
    });

    test("an event that asks for nothing that there is ends in a failed execution, and is told of", async () => {
      await putEvent(deployment.aws, "Export Requested", { vcenter: "lab", libary: "Golden images" });
      const told = await events.next(({ detail: { error } }) => error?.message.includes("libary") ?? false);
      expect(told).toMatchObject({ "detail-type": "Export Failed", detail: { vcenter: "lab" } });
      const { status, cause } = await deployment.end(told.detail.execution);
      expect(status).toBe("FAILED");
      expect(cause).toContain("libary");
    });
  });

  describeSyncs(
    () => deployment,
    () => events,
  );

  describeThroughGateway(() => deployment);

  describeAwsBehaviour(() => deployment);

  test("no log, state or history holds a password, a token or a download URI", async () => {
    // GIVEN what all of these executions have left
    const kept = await everythingKept(deployment);
    expect(kept).toContain("Logged in to vCenter");
    expect(kept).toContain("disk-0.vmdk");
    const { password, tokens, downloadKeys } = deployment.secrets();
    expect(tokens.length).toBeGreaterThan(10);
    expect(downloadKeys.length).toBeGreaterThanOrEqual(4);
    // THEN
    const { secretAccessKey } = deployment.aws.credentials;
    const secrets = [password, wrongPassword, secretAccessKey, ...tokens, ...downloadKeys];
    const found = [...secrets, "/cls/data/", "Basic "].filter((text) => kept.includes(text));
    expect(found).toEqual([]);
  });

  test("destroying the stack leaves nothing but the bucket", async () => {
    await deployment.cdk.destroy();
    const { logGroups } = await deployment.aws.ask<{ logGroups: unknown[] }>(
      "Logs_20140328.DescribeLogGroups",
    );
    expect({
      functions: await deployment.aws.functions(),
      stateMachines: await deployment.aws.ask("AWSStepFunctions.ListStateMachines"),
      logGroups,
    }).toEqual({ functions: [], stateMachines: { stateMachines: [] }, logGroups: [] });
    expect(await deployment.emulatedBuckets()).toContain(deployment.outputs.BucketName);
  });
});
