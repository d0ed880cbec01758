import { describe, expect, test } from "vitest";
import {
  DownloadSessionLost,
  NotAllowedInCurrentState,
  NotFound,
  PreparationFailed,
  Stopped,
  VcenterFailure,
} from "../../functions/errors.ts";
import type { DownloadSession, DownloadSessionFile } from "../../functions/vsphere/model.ts";
import { downloadVerdict } from "../../functions/vsphere/verdict.ts";
import { fakeClock } from "../clocks.ts";

const checksum = { algorithm: "SHA256", value: "0f" };
const file: DownloadSessionFile = { name: "a.iso", status: "PREPARED", bytesTransferred: 0 };
const session: DownloadSession = { libraryItemId: "i", state: "ACTIVE", clientProgress: 100 };

/** A server whose file is what `at` says for the milliseconds since the start. */
function verdictOf(
  at: (milliseconds: number) => Partial<DownloadSessionFile> | Error,
  after: DownloadSession | Error = session,
  signal?: AbortSignal,
) {
  const clock = fakeClock();
  const start = clock.now();
  const client = {
    async getSessionFile() {
      const now = at(clock.now() - start);
      if (now instanceof Error) throw now;
      return { ...file, ...now };
    },
    async getDownloadSession() {
      if (after instanceof Error) throw after;
      return after;
    },
  };
  const verdict = downloadVerdict(client, "s:1", "a.iso", { clock, signal });
  return { verdict, waits: clock.waits, waited: () => clock.now() - start };
}

describe("what vCenter knows after the last byte", () => {
  test("is taken at once when the checksum is there", async () => {
    const { verdict, waited } = verdictOf(() => ({ checksum, size: 5 }));
    expect(await verdict).toEqual({ checksum, size: 5 });
    expect(waited()).toBe(0);
  });

  test("is waited for while it is on its way", async () => {
    const { verdict, waited } = verdictOf((now) =>
      now < 20_000 ? { bytesTransferred: 5 } : { bytesTransferred: 5, checksum, size: 5 },
    );
    expect(await verdict).toEqual({ checksum, size: 5 });
    expect(waited()).toBeLessThan(23_000);
  });

  test("may be a checksum that comes after the size", async () => {
    const { verdict } = verdictOf((now) => (now < 9_000 ? { size: 5 } : { size: 5, checksum }));
    expect(await verdict).toEqual({ checksum, size: 5 });
  });

  test.each([
    { what: "a size alone, after 10 s more", at: { size: 5 }, expected: { size: 5 }, milliseconds: 10_000 },
    { what: "nothing, after 30 s", at: { bytesTransferred: 5 }, expected: {}, milliseconds: 30_000 },
    {
      what: "nothing, after 3 s of a server that follows no download",
      at: {},
      expected: {},
      milliseconds: 3_000,
    },
    { what: "the size of an empty file", at: { size: 0 }, expected: { size: 0 }, milliseconds: 10_000 },
  ])("may be $what", async ({ at, expected, milliseconds }) => {
    const { verdict, waited } = verdictOf(() => at);
    expect(await verdict).toEqual(expected);
    expect(waited()).toBe(milliseconds);
  });

  test("is asked for less and less often", async () => {
    const { verdict, waits } = verdictOf((now) => (now < 5_500 ? { size: 5 } : { size: 5, checksum }));
    await verdict;
    expect(waits).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  test("never takes longer than 30 s in all", async () => {
    const { verdict, waited } = verdictOf((now) => (now < 25_000 ? { bytesTransferred: 5 } : { size: 5 }));
    expect(await verdict).toEqual({ size: 5 });
    expect(waited()).toBe(30_000);
  });
});

describe("there is no verdict", () => {
  const right = () => ({ checksum, size: 5 });
  test.each([
    { when: "the file's session is gone", at: () => new NotFound("gone"), after: session },
    {
      when: "the session may not be asked any more",
      at: () => new NotAllowedInCurrentState("no"),
      after: session,
    },
    { when: "the session ends although the bytes look right", at: right, after: new NotFound("gone") },
    {
      when: "the session was cancelled although they do",
      at: right,
      after: { ...session, state: "CANCELED" },
    },
    { when: "the session has a state nobody has heard of", at: right, after: { ...session, state: "NEW" } },
  ])("when $when", async ({ at, after }) => {
    const { verdict } = verdictOf(at, after);
    await expect(verdict).rejects.toThrow(DownloadSessionLost);
    await expect(verdict).rejects.toThrow(/s:1/);
  });

  test("when the file's status is ERROR", async () => {
    const errorMessage = { id: "m", defaultMessage: "The datastore is gone.", args: [] };
    const { verdict, waits } = verdictOf(() => ({ status: "ERROR", errorMessage }));
    await expect(verdict).rejects.toThrow(PreparationFailed);
    await expect(verdict).rejects.toThrow(/"a.iso".*The datastore is gone/);
    expect(waits).toEqual([]);
  });

  test("when the file's status is ERROR, and nothing says why", async () => {
    const { verdict } = verdictOf(() => ({ status: "ERROR" }));
    await expect(verdict).rejects.toThrow(/"a.iso".*vCenter gives no reason/);
  });

  test("when vCenter fails otherwise", async () => {
    const failure = new VcenterFailure("500");
    await expect(verdictOf(() => failure).verdict).rejects.toBe(failure);
  });

  test("when the export is stopped", async () => {
    const stop = AbortSignal.abort(new Stopped("by its user"));
    await expect(verdictOf(() => ({}), session, stop).verdict).rejects.toThrow(Stopped);
  });
});
