import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Finding } from "../../../cli/check/finding.ts";
import { lookAtConnection } from "../../../cli/check/lookAtConnection.ts";
import { lookAtLibraries } from "../../../cli/check/lookAtLibraries.ts";
import { probeItem } from "../../../cli/check/probeItem.ts";
import { parseProfile } from "../../../functions/config.ts";
import { silentLogger } from "../../../functions/log.ts";
import { logIn } from "../../../functions/vsphere/client.ts";
import type { VcenterClient } from "../../../functions/vsphere/model.ts";
import { type Behaviour, startVcenter, type VcenterSimulator } from "../../../simulators/vcenter/index.ts";
import { fakeClock } from "../../clocks.ts";

const ITEM = "vm";

interface Scene {
  vcenter: VcenterSimulator;
  client: VcenterClient;
  probe(): Promise<Finding[]>;
}

/** Time passes on the client's clock alone: whatever it waits for is there at once, or never. */
async function atVcenter(
  files: Record<string, string>,
  behaviour: Partial<Behaviour>,
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  const sources = Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }));
  const items = [{ name: ITEM, type: "other", files: sources }];
  const vcenter = await startVcenter({ libraries: [{ name: "library", items }], behaviour });
  await using _closed = { [Symbol.asyncDispose]: () => vcenter.close() };
  const { url, username, password, thumbprintSha256: thumbprint } = vcenter;
  const clock = fakeClock(Date.now());
  const logInAgain = () =>
    logIn(parseProfile("lab", { url, username, password, thumbprint }), { clock, log: silentLogger });
  const client = await logInAgain();
  const { signal } = new AbortController();
  const options = { client, logInAgain, clock, signal };
  await use({ vcenter, client, probe: () => all(probeItem(vcenter.itemId(ITEM), options)) });
  await client.logOut();
  expect([vcenter.openDownloadSessions(), vcenter.openLogins()]).toEqual([[], []]);
}

async function all(findings: AsyncIterable<Finding>): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of findings) found.push(finding);
  return found;
}

const DISK = { "disk.vmdk": "content" };

test("an item without files fails, and no download session is opened for it", async () => {
  await atVcenter({}, {}, async ({ probe }) => {
    expect(await probe()).toMatchObject([{ check: "item", status: "fail", facts: { files: 0 } }]);
  });
});

test("a vCenter that has no checksum, before the download and after, is warned of", async () => {
  await atVcenter(DISK, { sessionChecksum: "never" }, async ({ probe }) => {
    const findings = await probe();
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "checksum before", status: "warn", facts: { known: false } }),
    );
    const after = findings.find(({ check }) => check === "checksum after");
    expect(after).toMatchObject({ status: "warn", facts: { known: false, sizeAgrees: true } });
    expect(after?.text).toContain("a SHA256 of the bytes would be recorded");
  });
});

test("a file that is never prepared is given up after ten minutes", async () => {
  const prepare = [{ status: "PREPARING" as const }];
  await atVcenter(DISK, { prepare }, async ({ probe }) => {
    const last = (await probe()).at(-1);
    expect(last).toMatchObject({ check: "probe", status: "fail", facts: { error: "PreparationTimedOut" } });
    expect(last?.text).toContain('"disk.vmdk" is still PREPARING after 10 minutes');
  });
});

test("a file that cannot be prepared fails with vCenter's own reason", async () => {
  const prepare = [{ status: "ERROR" as const }];
  await atVcenter(DISK, { prepare }, async ({ probe }) => {
    const last = (await probe()).at(-1);
    expect(last).toMatchObject({ check: "probe", status: "fail", facts: { error: "PreparationFailed" } });
    expect(last?.text).toContain('"disk.vmdk" became ERROR and has no endpoint: ');
  });
});

test("download sessions that are open already are told", async () => {
  await atVcenter(DISK, {}, async ({ vcenter, client }) => {
    const id = await client.createDownloadSession(vcenter.itemId(ITEM), randomUUID());
    const findings = await all(lookAtLibraries(client));
    expect(findings.at(-1)).toMatchObject({
      check: "download sessions",
      status: "warn",
      facts: { sessions: 1 },
    });
    await client.deleteDownloadSession(id);
  });
});

test("the version that vCenter tells stands among what was found", () => {
  const found = [...lookAtConnection({ host: "vcenter", clockSkewSeconds: 0, apiVersion: "8.0.3.0" })];
  expect(found).toContainEqual({
    check: "version",
    status: "ok",
    text: "vSphere API 8.0.3.0",
    facts: { apiVersion: "8.0.3.0" },
  });
});
