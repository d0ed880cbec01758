import { createHash, randomUUID } from "node:crypto";
import { Agent, request } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { VcenterProfile } from "../../functions/config.ts";
import {
  FileNotFound,
  LoginRefused,
  NotFound,
  PermissionDenied,
  UnexpectedResponse,
  VcenterUnavailable,
} from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import type { DownloadTarget, VcenterClient } from "../../functions/vsphere/model.ts";
import { startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import { type FakeClock, fakeClock } from "../clocks.ts";
import { describeDialect } from "./dialectTable.ts";

/** A name that every encoding on the way has to carry unharmed. */
const FILE = ' disk-0 & <größe> 100% "😀"+?#/\'.vmdk';
const bytes = Buffer.from("the bytes of a disk");
const digest = createHash("sha256").update(bytes).digest("hex");

let simulator: VcenterSimulator;
let clock: FakeClock;
let client: VcenterClient;

beforeEach(async () => {
  clock = fakeClock(Date.now());
  simulator = await startVcenter({
    libraries: [
      {
        id: "library:one",
        name: "Golden images",
        description: "Kept with care",
        items: [
          { id: "item:00123", name: "appliance", type: "ovf", files: [{ name: FILE, content: bytes }] },
          { id: "item:2", name: "empty", type: "other", files: [] },
        ],
      },
    ],
  });
});
afterEach(async () => {
  await client?.logOut();
  await simulator.close();
});

function profileOf(dialect: VcenterProfile["dialect"], change: Partial<VcenterProfile> = {}): VcenterProfile {
  const { url, username, password, thumbprint } = simulator;
  const rules = { allowHttp: false, endpointHosts: [], readers: 1, maxTransfers: 4 };
  return { name: "lab", url, username, password, thumbprint, dialect, ...rules, ...change };
}

function requestsOf(operation: string) {
  return simulator.requests.filter((record) => record.operation === operation);
}

async function download(target: DownloadTarget): Promise<string> {
  const agent = new Agent({ connect: target.connector() });
  const answer = await request(target.uri, { headers: target.headers, dispatcher: agent });
  const text = await answer.body.text();
  await agent.close();
  return text;
}

describe.each(["api", "rest-json", "rest-xml"] as const)("in the dialect %s", (dialect) => {
  describeDialect(dialect, async () => {
    const file = { name: FILE, content: bytes };
    const item = { id: "item:00123", name: "appliance", type: "ovf", file };
    const library = { id: "library:one", name: "Golden images" };
    const otherItem = { id: "item:2", name: "empty", type: "other", files: [] };
    const own = await startVcenter({
      libraries: [{ ...library, items: [{ ...item, files: [file] }, otherItem] }],
      behaviour: { dialects: [dialect] },
    });
    const { url, username, password, thumbprint } = own;
    const profile = { url, username, password, thumbprint };
    return { profile, library, item, otherItem, close: () => own.close() };
  });

  beforeEach(async () => {
    simulator.behaviour.dialects = [dialect];
    client = await logIn(profileOf(dialect), { clock, log: silentLogger, random: () => 0.5 });
  });

  test("libraries and items are listed, found and got", async () => {
    expect(client.dialect).toBe(dialect);
    expect(await client.listLibraries()).toEqual(["library:one"]);
    expect(await client.findLibraries({ name: "golden images", type: "LOCAL" })).toEqual(["library:one"]);
    expect(await client.findLibraries({ name: "another" })).toEqual([]);
    expect(await client.getLibrary("library:one")).toEqual({
      id: "library:one",
      name: "Golden images",
      type: "LOCAL",
      description: "Kept with care",
    });
    expect(await client.listItems("library:one")).toEqual(["item:00123", "item:2"]);
    expect(await client.findItems({ name: "appliance", libraryId: "library:one" })).toEqual(["item:00123"]);
    expect(await client.getItem("item:00123")).toEqual({
      id: "item:00123",
      libraryId: "library:one",
      name: "appliance",
      type: "ovf",
      contentVersion: "1",
      size: bytes.length,
      cached: true,
    });
  });

  test("an item's files are listed with what is known before a download", async () => {
    simulator.behaviour.itemChecksum = "SHA256";
    const checksum = { algorithm: "SHA256", value: digest };
    const file = { name: FILE, size: bytes.length, cached: true, version: "1", checksum };
    expect(await client.listItemFiles("item:00123")).toEqual([file]);
    expect(await client.getItemFile("item:00123", FILE)).toEqual(file);
    expect(await client.listItemFiles("item:2")).toEqual([]);
    await expect(client.getItemFile("item:00123", "other")).rejects.toThrow(NotFound);
  });

  test("a file is prepared, downloaded and told by its checksum and size", async () => {
    simulator.behaviour.prepare = [
      { status: "PREPARE_REQUESTED" },
      { status: "SOMETHING_NEW" },
      { status: "PREPARED" },
    ];
    const session = await client.createDownloadSession("item:00123", randomUUID());
    expect((await client.prepareSessionFile(session, FILE, "HTTPS")).status).toBe("PREPARE_REQUESTED");
    expect((await client.getSessionFile(session, FILE)).status).toBe("SOMETHING_NEW");
    const prepared = await client.getSessionFile(session, FILE);
    expect(prepared).toMatchObject({ name: FILE, status: "PREPARED" });
    expect(prepared.checksum).toBeUndefined();
    if (prepared.downloadEndpoint === undefined) throw new Error("there is no endpoint");

    expect(await download(client.downloadTarget(prepared.downloadEndpoint))).toBe(bytes.toString());

    expect(await client.listSessionFiles(session)).toMatchObject([
      { name: FILE, size: bytes.length, checksum: { algorithm: "SHA256", value: digest } },
    ]);
  });

  test("a checksum without an algorithm is SHA1", async () => {
    Object.assign(simulator.behaviour, { itemChecksum: "SHA1", omitsDefaultAlgorithm: true });
    const [file] = await client.listItemFiles("item:00123");
    expect(file?.checksum).toEqual({
      algorithm: "SHA1",
      value: createHash("sha1").update(bytes).digest("hex"),
    });
  });

  test("a preparation that fails brings vCenter's reason", async () => {
    simulator.behaviour.prepare = [{ status: "ERROR", errorMessage: "The datastore is gone." }];
    const session = await client.createDownloadSession("item:00123", randomUUID());
    const file = await client.prepareSessionFile(session, FILE);
    expect(file.status).toBe("ERROR");
    expect(file.errorMessage?.defaultMessage).toContain("The datastore is gone.");
  });

  test("a file that the session's item does not have is FileNotFound", async () => {
    const session = await client.createDownloadSession("item:00123", randomUUID());
    await expect(client.prepareSessionFile(session, "nosuch.iso")).rejects.toThrow(FileNotFound);
    await expect(client.getSessionFile(session, "nosuch.iso")).rejects.toThrow(/no file "nosuch.iso"/);
    await expect(client.getSessionFile("no:session", FILE)).rejects.toThrow(NotFound);
  });

  test("a missing privilege is PermissionDenied and says which one is needed", async () => {
    simulator.behaviour.mayDownload = false;
    const creation = client.createDownloadSession("item:00123", randomUUID());
    await expect(creation).rejects.toThrow(PermissionDenied);
    await expect(creation).rejects.toThrow(/Download files/);
  });

  test("a log-in that has ended is renewed once, and the call is made again", async () => {
    simulator.expireLogins();
    expect(await client.listLibraries()).toEqual(["library:one"]);
    expect(simulator.loginAttempts()).toBe(2);
    expect(simulator.openLogins()).toHaveLength(1);
  });

  test("calls that meet the end of the log-in together share the new one", async () => {
    simulator.expireLogins();
    await Promise.all([client.listLibraries(), client.getItem("item:2"), client.listItems("library:one")]);
    expect(simulator.loginAttempts()).toBe(2);
  });

  test("a service that is briefly unavailable is asked again, but a preparation whose fate is unknown is not repeated", async () => {
    simulator.behaviour.faults = [
      { on: "item.get", status: 503, times: 2 },
      { on: "item-file.list", reset: true },
      { on: "download-session-file.prepare", reset: true },
    ];
    expect((await client.getItem("item:2")).name).toBe("empty");
    expect(requestsOf("item.get")).toHaveLength(3);
    expect(await client.listItemFiles("item:2")).toEqual([]);
    const session = await client.createDownloadSession("item:00123", randomUUID());
    await expect(client.prepareSessionFile(session, FILE)).rejects.toThrow(VcenterUnavailable);
    expect(requestsOf("download-session-file.prepare")).toHaveLength(1);
  });

  test.each([
    { answer: "html", says: /HTML page/ },
    { answer: "truncated", says: /not what vCenter's API documents/ },
    { answer: "wrong-types", says: /not what vCenter's API documents/ },
    { answer: "empty", says: /not what vCenter's API documents/ },
  ] as const)("an answer that is $answer is UnexpectedResponse", async ({ answer, says }) => {
    simulator.behaviour.faults = [{ on: "item.get", answer }];
    const call = client.getItem("item:2");
    await expect(call).rejects.toThrow(UnexpectedResponse);
    await expect(call).rejects.toThrow(says);
  });

  test("the log-in says who is logged in, and ends", async () => {
    expect((await client.getLoginSession()).user).toBe(simulator.username);
    await client.logOut();
    await client.logOut();
    expect(simulator.openLogins()).toEqual([]);
  });

  test("a wrong password is tried once", async () => {
    const wrong = profileOf(dialect, { password: randomUUID() });
    const attempt = logIn(wrong, { clock, log: silentLogger });
    await expect(attempt).rejects.toThrow(LoginRefused);
    await expect(attempt).rejects.toThrow(wrong.username);
    expect(simulator.loginAttempts()).toBe(2);
    expect(await attempt.catch(String)).not.toContain(wrong.password);
  });
});

describe("the dialect auto", () => {
  test.each([
    { has: ["api", "rest-json", "rest-xml"], takes: "api" },
    { has: ["rest-json", "rest-xml"], takes: "rest-json" },
  ] as const)("takes $takes where there is $has", async ({ has, takes }) => {
    simulator.behaviour.dialects = [...has];
    client = await logIn(profileOf("auto"), { clock, log: silentLogger });
    expect(client.dialect).toBe(takes);
    expect(await client.listLibraries()).toEqual(["library:one"]);
  });

  test("does not go on after a refusal", async () => {
    await expect(
      logIn(profileOf("auto", { password: randomUUID() }), { clock, log: silentLogger }),
    ).rejects.toThrow(LoginRefused);
    expect(simulator.requests.map(({ path }) => path)).toEqual(["/api/session"]);
  });

  test("never takes XML", async () => {
    simulator.behaviour.dialects = ["rest-xml"];
    const attempt = logIn(profileOf("auto"), { clock, log: silentLogger });
    await expect(attempt).rejects.toThrow(UnexpectedResponse);
  });
});
