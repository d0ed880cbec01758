import { createHash, randomBytes } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import { type Outcome, runCommand } from "../cli/command.ts";
import { makeBucket, type OwnBucket } from "./bucket.ts";
import { awsEnvironment, requireSettings } from "./settings.ts";

const settings = requireSettings();
const disk = randomBytes(20 * 1024 ** 2 + 7);

describe(settings.vcenter ? "a real vCenter and AWS" : "the simulator and AWS", () => {
  let own: OwnBucket;
  let simulator: VcenterSimulator | undefined;
  let words: string[];
  let environment: Record<string, string>;

  beforeAll(async () => {
    own = await makeBucket(settings);
    environment = awsEnvironment(settings);
    if (settings.vcenter) {
      Object.assign(environment, settings.vcenter.environment);
      words = ["--item-id", settings.vcenter.itemId];
      return;
    }
    const files = [
      { name: "vm.ovf", content: Buffer.from("<Envelope/>") },
      { name: "disk-0.vmdk", content: disk },
    ];
    simulator = await startVcenter({
      libraries: [{ name: "Golden images", items: [{ name: "vm", type: "ovf", files }] }],
    });
    const { url, username, password, thumbprintSha256 } = simulator;
    Object.assign(environment, { GOVC_URL: url, GOVC_USERNAME: username, LIBRARY_EXPORT_PASSWORD: password });
    words = ["--item-id", simulator.itemId("vm"), "--thumbprint", thumbprintSha256];
  });
  afterAll(async () => {
    await simulator?.close();
    await own?.close();
  });

  function exportItem(...more: string[]): Promise<Outcome> {
    return runCommand(["run", `s3://${own.bucket}`, ...words, "--json", ...more], environment);
  }

  test("every file arrives with the checksum that is in its metadata, and nothing else stays", async () => {
    const { exitCode, stdout, stderr } = await exportItem();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const report = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(report.files.length).toBeGreaterThan(0);
    for (const { key, size } of report.files) {
      const { Body, Metadata = {} } = await own.client.send(
        new GetObjectCommand({ Bucket: own.bucket, Key: key }),
      );
      const digest = createHash(Metadata["checksum-algorithm"] ?? "");
      let bytes = 0;
      for await (const chunk of Body?.transformToWebStream() ?? []) {
        digest.update(chunk);
        bytes += chunk.length;
      }
      expect({ bytes, checksum: digest.digest("hex") }).toEqual({ bytes: size, checksum: Metadata.checksum });
    }
    const keys = report.files.map(({ key }: { key: string }) => key);
    expect((await own.keys()).sort()).toEqual([...keys, report.manifest.key].sort());
    expect(await own.openUploads()).toEqual([]);
    expect(simulator?.openDownloadSessions() ?? []).toEqual([]);
  });

  test("the same export again moves nothing", async () => {
    const { exitCode, stdout } = await exportItem();
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(new Set(report.files.map(({ status }: { status: string }) => status))).toEqual(
      new Set(["UNCHANGED"]),
    );
  });
});
