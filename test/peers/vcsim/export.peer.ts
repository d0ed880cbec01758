import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type S3Simulator, startS3 } from "../../../simulators/s3/index.ts";
import { type Outcome, runCommand } from "../../cli/command.ts";
import { run } from "../install/run.ts";
import { type Appliance, ISO_IMAGES, makeAppliance } from "./images.ts";
import { startVcsim, type Vcsim } from "./vcsim.ts";

const BUCKET = "my-archive";
const LIBRARY = "Golden images";

describe("vcsim", () => {
  let vcsim: Vcsim;
  let appliance: Appliance;
  let s3: S3Simulator;
  let bucket: string;

  beforeAll(async () => {
    vcsim = await startVcsim();
    appliance = await makeAppliance(join(vcsim.directory, "appliance"));
    await vcsim.govc("library.create", "-ds", "LocalDS_0", LIBRARY);
    for (const image of [...Object.values(ISO_IMAGES), appliance.descriptor]) {
      await vcsim.govc("library.import", LIBRARY, image);
    }
  });
  afterAll(() => vcsim?.close());

  beforeEach(async () => {
    const directory = await mkdtemp(join(tmpdir(), "vcsim-export-"));
    s3 = await startS3({ directory, buckets: [BUCKET] });
    bucket = join(directory, BUCKET);
    onTestFinished(async () => {
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    });
  });

  const byAuthority = () => ["--ca-file", vcsim.certificateFile];
  const byThumbprint = () => ["--thumbprint", vcsim.thumbprint];

  function exportItem(
    item: string,
    words: string[],
    environment: Record<string, string> = {},
  ): Promise<Outcome> {
    const destination = `s3://${BUCKET}`;
    return runCommand(["run", `${LIBRARY}/${item}`, destination, "--s3-endpoint", s3.url, ...words], {
      GOVC_URL: `${vcsim.url}/sdk`,
      GOVC_USERNAME: vcsim.username,
      LIBRARY_EXPORT_PASSWORD: vcsim.password,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      ...environment,
    });
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await vcsim.openDownloadSessions()).toEqual([]);
    expect(s3.openUploads()).toEqual([]);
    expect(s3.objects(BUCKET).filter((key) => key.includes(".library-export/"))).toEqual([]);
  }

  async function expectSame(exported: string, original: string): Promise<void> {
    const [left, right] = await Promise.all([exported, original].map((path) => readFile(path)));
    expect(left?.length).toBe(right?.length);
    expect(left && right && left.equals(right), `${basename(original)} byte by byte`).toBe(true);
  }

  describe("library-export run", () => {
    test.each([
      ["a CA file", byAuthority],
      ["a thumbprint", byThumbprint],
    ])("exports bootable images over TLS, trusted by %s, byte by byte", async (_how, trust) => {
      for (const image of Object.values(ISO_IMAGES)) {
        const item = basename(image, ".iso");
        const { exitCode, stderr } = await exportItem(item, trust());
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        await expectSame(join(bucket, LIBRARY, item, basename(image)), image);
      }
      await expectNothingLeft();
    });

    test("exports an appliance whose disk opens and holds what was on it", async () => {
      const { exitCode, stderr } = await exportItem("appliance", byAuthority());
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const disk = join(bucket, LIBRARY, "appliance/disk-0.vmdk");
      await expectSame(disk, appliance.disk);
      await expectSame(join(bucket, LIBRARY, "appliance/appliance.ovf"), appliance.descriptor);
      const compared = await run("qemu-img", ["compare", "-f", "vmdk", "-F", "raw", disk, appliance.raw]);
      expect(compared).toBe("Images are identical.\n");
      await expectNothingLeft();
    });

    test("exports in several parts a body of no announced length", async () => {
      const words = [...byAuthority(), "--part-size", "5MiB", "--json"];
      const { exitCode, stdout } = await exportItem("grub-rescue-cdrom", words);
      expect(exitCode).toBe(0);
      await expectSame(join(bucket, LIBRARY, "grub-rescue-cdrom/grub-rescue-cdrom.iso"), ISO_IMAGES.rescue);
      expect(stdout).not.toContain(vcsim.password);
      await expectNothingLeft();
    });

    test("records the SHA256 of what it received, as vcsim gives no checksum", async () => {
      const { stdout } = await exportItem("ipxe", [...byThumbprint(), "--json"]);
      const report = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
      const value = createHash("sha256")
        .update(await readFile(ISO_IMAGES.ipxe))
        .digest("hex");
      expect(report.files).toMatchObject([{ checksum: { algorithm: "SHA256", value, source: "computed" } }]);
    });

    test("refuses a file without a checksum when one is required, and leaves nothing", async () => {
      const { exitCode, stderr } = await exportItem("ipxe", [...byAuthority(), "--require-checksum"]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^ChecksumRequired: .*ipxe\.iso/);
      expect(s3.objects(BUCKET)).not.toContain(`${LIBRARY}/ipxe/ipxe.iso`);
      await expectNothingLeft();
    });

    test("never replaces an object that may not be replaced", async () => {
      await exportItem("ipxe", byAuthority());
      const before = await readFile(join(bucket, LIBRARY, "ipxe/ipxe.iso"));
      const { exitCode } = await exportItem("ipxe", [...byAuthority(), "--overwrite", "never"]);
      expect(exitCode).toBe(0);
      expect(before.equals(await readFile(join(bucket, LIBRARY, "ipxe/ipxe.iso")))).toBe(true);
      await expectNothingLeft();
    });

    test("stops at a certificate that is not the one expected, before it logs in", async () => {
      const other = vcsim.thumbprint.replace(/^../, (byte) => (byte === "00" ? "01" : "00"));
      const { exitCode, stderr } = await exportItem("ipxe", ["--thumbprint", other]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^CertificateMismatch: /);
      expect(stderr).toContain(vcsim.thumbprint);
    });

    test("stops at a wrong password", async () => {
      const { exitCode, stderr } = await exportItem("ipxe", byAuthority(), {
        LIBRARY_EXPORT_PASSWORD: randomUUID(),
      });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^LoginRefused: /);
    });

    test("names an item that is not there", async () => {
      const { exitCode, stderr } = await exportItem("nothing", byAuthority());
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^ItemNotFound: /);
      await expectNothingLeft();
    });
  });
});
