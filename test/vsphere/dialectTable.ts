import { createHash, randomUUID } from "node:crypto";
import { Agent, request } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../functions/clock.ts";
import { parseProfile, type VcenterProfile } from "../../functions/config.ts";
import { FileNotFound, LoginRefused, NotAllowedInCurrentState, NotFound } from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import type { DownloadTarget, VcenterClient } from "../../functions/vsphere/model.ts";
import { type Difference, expectDifferences } from "../differences.ts";

/** A vCenter with one library of two items, the first with one file. */
export interface VcenterUnderTest {
  /** How to reach it, as a profile's fields. */
  profile: Record<string, unknown>;
  library: { id: string; name: string };
  item: { id: string; name: string; type: string; file: { name: string; content: Buffer } };
  otherItem: { id: string };
  close(): Promise<void>;
}

/**
 * What a vCenter does in every dialect, as far as it shows without steering it.
 * @param differences of this one from vCenter's documentation
 */
export function describeDialect(
  dialect: VcenterProfile["dialect"],
  open: () => Promise<VcenterUnderTest>,
  differences: Record<string, Difference> = {},
): void {
  describe(`the vSphere client in the dialect ${dialect}`, () => {
    expectDifferences(differences);
    let vcenter: VcenterUnderTest;
    let client: VcenterClient;
    const log = { clock: systemClock, log: silentLogger };
    const profile = (change: object = {}) => parseProfile("lab", { ...vcenter.profile, dialect, ...change });

    beforeAll(async () => {
      vcenter = await open();
    });
    afterAll(() => vcenter?.close());
    beforeEach(async () => {
      client = await logIn(profile(), log);
    });
    afterEach(async () => {
      for (const session of await client.listDownloadSessions().catch(() => [])) {
        await client.deleteDownloadSession(session).catch(() => {});
      }
      await client.logOut();
    });

    test("libraries and items are listed, found by any case of their name, and got", async () => {
      const { library, item, otherItem } = vcenter;
      expect(await client.listLibraries()).toEqual([library.id]);
      expect(await client.findLibraries({ name: library.name.toUpperCase(), type: "LOCAL" })).toEqual([
        library.id,
      ]);
      expect(await client.getLibrary(library.id)).toMatchObject({ ...library, type: "LOCAL" });
      expect((await client.listItems(library.id)).sort()).toEqual([item.id, otherItem.id].sort());
      expect(await client.findItems({ name: item.name, libraryId: library.id })).toEqual([item.id]);
      const { id, name, type } = item;
      expect(await client.getItem(item.id)).toMatchObject({ id, name, type, libraryId: library.id });
    });

    test("a name that no library has finds none", async () => {
      expect(await client.findLibraries({ name: "another" })).toEqual([]);
    });

    test("an item tells its content version and its size", async () => {
      const { item } = vcenter;
      expect(await client.getItem(item.id)).toMatchObject({
        contentVersion: "1",
        size: item.file.content.length,
      });
    });

    test("an item's files are listed with their sizes", async () => {
      const { item } = vcenter;
      const file = { name: item.file.name, size: item.file.content.length };
      expect(await client.listItemFiles(item.id)).toMatchObject([file]);
      expect(await client.getItemFile(item.id, item.file.name)).toMatchObject(file);
    });

    test("a file is prepared and downloaded byte by byte", async () => {
      const bytes = await downloadFile(await client.createDownloadSession(vcenter.item.id, randomUUID()));
      expect(vcenter.item.file.content.equals(bytes)).toBe(true);
    });

    test("a download that is done is told by its size and checksum", async () => {
      const { file } = vcenter.item;
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      await downloadFile(session);
      const [{ size, checksum } = {}] = await client.listSessionFiles(session);
      const algorithm = checksum?.algorithm ?? "SHA1";
      expect({ size, checksum }).toEqual({
        size: file.content.length,
        checksum: { algorithm, value: createHash(algorithm).update(file.content).digest("hex") },
      });
    });

    test("the same client token creates one download session", async () => {
      const token = randomUUID();
      const session = await client.createDownloadSession(vcenter.item.id, token);
      expect(await client.createDownloadSession(vcenter.item.id, token)).toBe(session);
    });

    test("download sessions are listed, all of them and those of an item", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      const other = await client.createDownloadSession(vcenter.otherItem.id, randomUUID());
      expect((await client.listDownloadSessions()).sort()).toEqual([session, other].sort());
      expect(await client.listDownloadSessions(vcenter.item.id)).toEqual([session]);
    });

    test("a download session is ACTIVE, has a lease that is extended, and is gone when it is deleted", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      const created = await client.getDownloadSession(session);
      expect(created).toMatchObject({ libraryItemId: vcenter.item.id, contentVersion: "1", state: "ACTIVE" });
      await client.keepDownloadSessionAlive(session, 42);
      const { expirationTime = new Date(0) } = await client.getDownloadSession(session);
      expect(expirationTime.getTime()).toBeGreaterThanOrEqual(created.expirationTime?.getTime() ?? Infinity);
      await client.deleteDownloadSession(session);
      await expect(client.getDownloadSession(session)).rejects.toThrow(NotFound);
    });

    test("a download session tells the progress that it was told", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      await client.keepDownloadSessionAlive(session, 42);
      expect(await client.getDownloadSession(session)).toMatchObject({ clientProgress: 42 });
    });

    test("a download session that is failed keeps the reason, whatever it is written with", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      await client.failDownloadSession(session, 'it broke: <&> "quoted"');
      expect(await client.getDownloadSession(session)).toMatchObject({
        state: "ERROR",
        errorMessage: { defaultMessage: expect.stringContaining('it broke: <&> "quoted"') },
      });
    });

    test("a download session that is cancelled stays, and cannot be kept alive", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      await client.cancelDownloadSession(session);
      expect((await client.getDownloadSession(session)).state).toBe("CANCELED");
      await expect(client.keepDownloadSessionAlive(session, 1)).rejects.toThrow(NotAllowedInCurrentState);
    });

    test("an error keeps vCenter's words, and names the request and what it was about", async () => {
      const error = await client.getItem("item-of-nothing").catch((reason: unknown) => reason);
      if (!(error instanceof NotFound)) throw new Error("another error was expected", { cause: error });
      expect(error).toMatchObject({ status: 404, errorType: "NOT_FOUND" });
      expect(error.message).toBe(
        `[GET get] item item-of-nothing: 404 NOT_FOUND: ${error.messages[0]?.defaultMessage}`,
      );
      expect(error.messages[0]).toMatchObject({ args: ["item-of-nothing"], id: expect.stringMatching(/./) });
    });

    test("what is not there is NotFound", async () => {
      await expect(client.getItem("item-of-nothing")).rejects.toThrow(NotFound);
      await expect(client.getDownloadSession("no-session")).rejects.toThrow(NotFound);
    });

    test("a file that the session's item does not have is FileNotFound", async () => {
      const session = await client.createDownloadSession(vcenter.item.id, randomUUID());
      await expect(client.prepareSessionFile(session, "nosuch.iso")).rejects.toThrow(FileNotFound);
      await expect(client.getSessionFile(session, "nosuch.iso")).rejects.toThrow(/no file "nosuch.iso"/);
    });

    test("the log-in says who is logged in", async () => {
      expect((await client.getLoginSession()).user).toBe(vcenter.profile.username);
    });

    test("a wrong password is LoginRefused", async () => {
      const password = randomUUID();
      const attempt = logIn(profile({ password }), log);
      await expect(attempt).rejects.toThrow(LoginRefused);
      expect(await attempt.catch(String)).not.toContain(password);
    });

    async function downloadFile(session: string): Promise<Buffer> {
      const { name } = vcenter.item.file;
      let file = await client.prepareSessionFile(session, name, "HTTPS");
      while (file.status !== "PREPARED") file = await client.getSessionFile(session, name);
      if (file.downloadEndpoint === undefined) throw new Error("there is no endpoint");
      return await download(client.downloadTarget(file.downloadEndpoint));
    }
  });
}

async function download({ uri, headers, connector }: DownloadTarget): Promise<Buffer> {
  const dispatcher = new Agent({ connect: connector() });
  const answer = await request(uri, { headers, dispatcher });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  await dispatcher.close();
  return bytes;
}
