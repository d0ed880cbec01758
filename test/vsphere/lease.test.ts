import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import {
  DownloadSessionLost,
  LoginRefused,
  NotAllowedInCurrentState,
  NotFound,
  PermissionDenied,
  Stopped,
  VcenterUnavailable,
} from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { holdLease } from "../../functions/vsphere/lease.ts";
import type { DownloadSession } from "../../functions/vsphere/model.ts";
import { type StepClock, settle, stepClock } from "./stepClock.ts";

/** A download session as far as its lease goes. `trouble` is thrown by every call while it is set. */
function makeSession(clock: StepClock, leaseMilliseconds: number | undefined) {
  const session = {
    state: "ACTIVE",
    clientProgress: 0,
    keepAlives: [] as (number | undefined)[],
    reads: 0,
    trouble: undefined as Error | undefined,
    /** The same for the keep-alive alone. */
    keepAliveTrouble: undefined as Error | undefined,
    errorMessage: undefined as DownloadSession["errorMessage"],
    /** vCenter's clock minus ours. */
    skew: 0,
  };
  let extended = clock.now();
  const client = {
    async getDownloadSession(): Promise<DownloadSession> {
      session.reads += 1;
      if (session.trouble) throw session.trouble;
      const { state, clientProgress, errorMessage, skew } = session;
      const expires = leaseMilliseconds === undefined ? undefined : extended + leaseMilliseconds + skew;
      const expirationTime = expires === undefined ? undefined : new Date(expires);
      return { libraryItemId: "i", state, clientProgress, expirationTime, errorMessage };
    },
    async keepDownloadSessionAlive(_id: string, progress?: number): Promise<void> {
      const trouble = session.keepAliveTrouble ?? session.trouble;
      if (trouble) throw trouble;
      session.keepAlives.push(progress);
      session.clientProgress = progress ?? session.clientProgress;
      extended = clock.now();
    },
  };
  return { session, client };
}

function start(leaseMilliseconds: number | undefined = 300_000, signal?: AbortSignal) {
  const clock = stepClock();
  const { session, client } = makeSession(clock, leaseMilliseconds);
  const progress = { percent: 0 as number | undefined };
  const percent = () => progress.percent;
  const warnings: unknown[] = [];
  const log = { ...silentLogger, warn: (...line: unknown[]) => warnings.push(line) };
  const lease = holdLease(client, "s:1", { clock, log, percent, signal });
  return { clock, session, progress, lease, warnings };
}

describe("a lease", () => {
  test("is renewed every 60 s with the true percentage", async () => {
    const { clock, session, progress, lease } = start();
    progress.percent = 12.9;
    await clock.advance(59_999);
    expect(session.keepAlives).toEqual([]);
    await clock.advance(1);
    progress.percent = 99.99;
    await clock.advance(60_000);
    progress.percent = 100;
    await clock.advance(60_000);
    expect(session.keepAlives).toEqual([12, 99, 100]);
    await lease.release();
  });

  test.each([
    { lease: 30_000, interval: 10_000 },
    { lease: 300_000, interval: 60_000 },
    { lease: 86_400_000, interval: 60_000 },
    { lease: 300, interval: 250 },
    { lease: undefined, interval: 60_000 },
  ])("of $lease ms is renewed after $interval ms", async ({ lease: milliseconds, interval }) => {
    const { clock, lease } = start(milliseconds);
    await settle();
    expect(clock.waiting()).toEqual([interval]);
    await lease.release();
  });

  test("that has ended by vCenter's clock, just after it was renewed, is taken for the default", async () => {
    const { clock, session, lease } = start(300_000);
    session.skew = -3_600_000;
    await settle();
    expect(clock.waiting()).toEqual([60_000]);
    await lease.release();
  });

  test("is renewed without a percentage while it is unknown, or has not grown", async () => {
    const { clock, session, progress, lease } = start();
    progress.percent = undefined;
    await clock.advance(60_000);
    progress.percent = 5;
    await clock.advance(60_000);
    await clock.advance(60_000);
    progress.percent = 3;
    await clock.advance(60_000);
    progress.percent = Number.NaN;
    await clock.advance(60_000);
    progress.percent = 250;
    await clock.advance(60_000);
    expect(session.keepAlives).toEqual([undefined, 5, undefined, undefined, undefined, 100]);
    await lease.release();
  });

  test("survives trouble that passes within it, and tells of it", async () => {
    const { clock, session, lease, warnings } = start();
    await clock.advance(60_000);
    session.trouble = new VcenterUnavailable("a restart");
    for (let minute = 0; minute < 4; minute += 1) await clock.advance(60_000);
    expect(lease.signal.aborted).toBe(false);
    session.trouble = undefined;
    await clock.advance(60_000);
    await clock.advance(60_000);
    expect(lease.signal.aborted).toBe(false);
    expect(session.keepAlives.length).toBeGreaterThan(1);
    expect(warnings.at(-1)).toEqual([
      "The download session could not be kept alive, which is tried again",
      { downloadSessionId: "s:1", reason: "VcenterUnavailable: a restart" },
    ]);
    await lease.release();
  });

  test("tells of a keep-alive that fails although the session can be read", async () => {
    const { clock, session, lease, warnings } = start();
    await settle();
    session.keepAliveTrouble = new VcenterUnavailable("a restart");
    await clock.advance(60_000);
    expect(warnings).toHaveLength(1);
    expect(lease.signal.aborted).toBe(false);
    await lease.release();
  });

  test("ends at once when the session may be read, but not be kept alive", async () => {
    const { clock, session, lease } = start();
    await settle();
    session.keepAliveTrouble = new PermissionDenied("no privilege");
    await clock.advance(60_000);
    expect(lease.signal.reason).toBe(session.keepAliveTrouble);
    await lease.release();
  });

  test("is lost when the trouble lasts as long as it does", async () => {
    const { clock, session, lease } = start();
    await clock.advance(0);
    session.trouble = new VcenterUnavailable("a power cut");
    for (let minute = 0; minute < 5; minute += 1) await clock.advance(60_000);
    expect(lease.signal.reason).toBeInstanceOf(DownloadSessionLost);
    expect(String(lease.signal.reason)).toMatch(/s:1 could not be kept alive for 300 s.*a power cut/);
    expect(lease.signal.reason).toMatchObject({ cause: session.trouble });
    expect(clock.waiting()).toEqual([]);
    await lease.release();
  });

  test.each([
    { how: "is gone", trouble: new NotFound("no such session") },
    { how: "is not active any more", trouble: new NotAllowedInCurrentState("it was cancelled") },
  ])("is lost when the session $how", async ({ trouble }) => {
    const { clock, session, lease, warnings } = start();
    await settle();
    session.trouble = trouble;
    await clock.advance(60_000);
    expect(lease.signal.reason).toBeInstanceOf(DownloadSessionLost);
    expect(String(lease.signal.reason)).toContain(trouble.message);
    expect(lease.signal.reason).toMatchObject({ cause: trouble });
    expect(warnings).toEqual([
      [
        "The download session is lost",
        { downloadSessionId: "s:1", reason: expect.stringContaining(trouble.message) },
      ],
    ]);
    await lease.release();
  });

  test("is lost when the session's state is not ACTIVE, with vCenter's reason", async () => {
    const { clock, session, lease } = start();
    await settle();
    session.state = "ERROR";
    session.errorMessage = { id: "m", defaultMessage: "The host is gone.", args: [] };
    await clock.advance(60_000);
    expect(lease.signal.reason).toBeInstanceOf(DownloadSessionLost);
    expect(String(lease.signal.reason)).toContain("s:1 is ERROR: The host is gone.");
    await lease.release();
  });

  test("ends with a refused log-in under its own name, so that nobody tries it again", async () => {
    const { clock, session, lease, warnings } = start();
    await settle();
    session.trouble = new LoginRefused("wrong password");
    await clock.advance(60_000);
    expect(lease.signal.reason).toBe(session.trouble);
    expect(warnings).toEqual([]);
    await lease.release();
  });

  test("ends with the reason of the signal that it was given", async () => {
    const stop = new AbortController();
    const { clock, lease } = start(300_000, stop.signal);
    await settle();
    const reason = new Stopped("by its user");
    stop.abort(reason);
    await settle();
    expect(lease.signal.reason).toBe(reason);
    expect(clock.waiting()).toEqual([]);
    await lease.release();
  });
});

test("a stop while the session is asked is no trouble that is told of", async () => {
  const clock = stepClock();
  const stop = new AbortController();
  const warnings: string[] = [];
  const client = {
    getDownloadSession: () => Promise.withResolvers<DownloadSession>().promise,
    keepDownloadSessionAlive: () => Promise.resolve(),
  };
  const log = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  const lease = holdLease(client, "s", { clock, log, percent: () => undefined, signal: stop.signal });
  await settle();
  stop.abort(new Stopped("by its user"));
  await settle();
  expect(lease.signal.reason).toBeInstanceOf(Stopped);
  expect(warnings).toEqual([]);
  await lease.release();
});

describe("releasing", () => {
  test("ends the waiting at once, and the signal stays as it was", async () => {
    const { clock, session, lease } = start();
    await settle();
    await lease.release();
    await lease.release();
    expect(clock.waiting()).toEqual([]);
    await clock.advance(600_000);
    expect(session.keepAlives).toEqual([]);
    expect(lease.signal.aborted).toBe(false);
  });

  test("does not wait for a call that is on its way, whatever becomes of it", async () => {
    const clock = stepClock();
    const call = Promise.withResolvers<DownloadSession>();
    const client = {
      getDownloadSession: () => call.promise,
      keepDownloadSessionAlive: () => Promise.resolve(),
    };
    const lease = holdLease(client, "s", { clock, log: silentLogger, percent: () => undefined });
    await settle();
    await lease.release();
    call.reject(new NotFound("gone"));
    await settle();
    expect(lease.signal.aborted).toBe(false);
  });

  test("may be forgotten: the waiting does not keep the process alive", async () => {
    const session = "{ libraryItemId: 'i', state: 'ACTIVE', clientProgress: 0 }";
    const script = `
      const { holdLease } = await import("./functions/vsphere/lease.ts");
      const { systemClock } = await import("./functions/clock.ts");
      const { silentLogger } = await import("./functions/log.ts");
      const client = { getDownloadSession: async () => (${session}), keepDownloadSessionAlive: async () => {} };
      holdLease(client, "s", { clock: systemClock, log: silentLogger, percent: () => 1 });
      process.on("exit", () => console.log("ended"));`;
    const cwd = new URL("../..", import.meta.url);
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd });
    expect((await run).stdout).toBe("ended\n");
  });
});
