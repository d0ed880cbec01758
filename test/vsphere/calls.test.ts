import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { errors as undiciErrors } from "undici";
import { describe, expect, test } from "vitest";
import {
  FileNotFound,
  InternalError,
  InvalidInput,
  LoginRefused,
  Stopped,
  UnexpectedResponse,
  VcenterFailure,
  VcenterUnavailable,
} from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { plainConnector } from "../../functions/tls.ts";
import { type LogInOptions, logIn } from "../../functions/vsphere/client.ts";
import { ConnectionFailure, openHttp } from "../../functions/vsphere/http.ts";
import type { VcenterClient } from "../../functions/vsphere/model.ts";
import { fakeClock } from "../clocks.ts";
import { type Scripted, type ScriptedVcenter, startScriptedVcenter, token } from "./scriptedVcenter.ts";

const ok: Scripted = { body: '{"value":["one"]}' };
const unavailable: Scripted = { status: 503 };
const unauthenticated: Scripted = { status: 401 };

async function connect(vcenter: ScriptedVcenter, options: Partial<LogInOptions> = {}) {
  const clock = fakeClock();
  const client = await logIn(vcenter.profile(), { clock, log: silentLogger, random: () => 0.5, ...options });
  return { client, clock };
}

describe("a call that may be repeated", () => {
  test("is sent up to five times, with exponential backoff and full jitter", async () => {
    await using vcenter = await startScriptedVcenter(unavailable);
    const { client, clock } = await connect(vcenter);
    await expect(client.listLibraries()).rejects.toThrow(VcenterUnavailable);
    expect(vcenter.calls()).toHaveLength(5);
    expect(clock.waits).toEqual([250, 500, 1000, 2000]);
    await client.logOut();
  });

  test.each([
    { trouble: "429", first: { status: 429 } },
    { trouble: "502", first: { status: 502 } },
    { trouble: "503", first: unavailable },
    { trouble: "504", first: { status: 504 } },
    { trouble: "a broken connection", first: { reset: true } },
  ] as { trouble: string; first: Scripted }[])("succeeds after $trouble", async ({ first }) => {
    await using vcenter = await startScriptedVcenter(first, ok);
    const { client } = await connect(vcenter);
    expect(await client.findLibraries({ name: "x" })).toEqual(["one"]);
    expect(vcenter.calls()).toHaveLength(2);
    await client.logOut();
  });

  test.each([
    { asked: "7", waited: 7000 },
    { asked: "3600", waited: 30_000 },
    { asked: "0", waited: 250 },
    { asked: "Thu, 01 Jan 2026 00:00:09 GMT", waited: 9000 },
    { asked: "Wed, 31 Dec 2025 00:00:00 GMT", waited: 250 },
    { asked: "12", waited: 12_000 },
    { asked: "later", waited: 250 },
    { asked: "in 5", waited: 250 },
    { asked: "5 minutes", waited: 250 },
  ])("waits $waited ms when Retry-After is $asked", async ({ asked, waited }) => {
    await using vcenter = await startScriptedVcenter({ status: 503, headers: { "retry-after": asked } }, ok);
    const { client, clock } = await connect(vcenter);
    await client.listLibraries();
    expect(clock.waits).toEqual([waited]);
    await client.logOut();
  });

  test.each([
    { name: "create", call: (client) => client.createDownloadSession("i", randomUUID()) },
    { name: "keep alive", call: (client) => client.keepDownloadSessionAlive("s", 1) },
    { name: "cancel", call: (client) => client.cancelDownloadSession("s") },
    { name: "delete", call: (client) => client.deleteDownloadSession("s") },
    { name: "get a session's file", call: (client) => client.getSessionFile("s", "f") },
  ] as {
    name: string;
    call(client: VcenterClient): Promise<unknown>;
  }[])("is $name, with its body again", async ({ call }) => {
    await using vcenter = await startScriptedVcenter({ reset: true }, { status: 404 });
    const { client } = await connect(vcenter);
    await call(client).catch(() => {});
    const [first, second, ...more] = vcenter.calls();
    expect(more).toEqual([]);
    expect([second?.line, second?.body]).toEqual([first?.line, first?.body]);
    await client.logOut();
  });
});

describe("a call that may have had its effect", () => {
  const calls: { name: string; call(client: VcenterClient): Promise<unknown> }[] = [
    { name: "prepare", call: (client) => client.prepareSessionFile("s", "f") },
    { name: "fail", call: (client) => client.failDownloadSession("s", "why") },
  ];

  test.each(calls)("$name is not repeated after a broken connection or a gateway's error", async ({
    call,
  }) => {
    for (const trouble of [{ reset: true }, { status: 502 }, { status: 504 }] satisfies Scripted[]) {
      await using vcenter = await startScriptedVcenter(trouble, { body: "{}" });
      const { client } = await connect(vcenter);
      await expect(call(client)).rejects.toThrow(VcenterUnavailable);
      expect(vcenter.calls()).toHaveLength(1);
      await client.logOut();
    }
  });

  test.each(calls)("$name is repeated when vCenter says that it did not handle it", async ({ call }) => {
    await using vcenter = await startScriptedVcenter(unavailable, { status: 404 });
    const { client } = await connect(vcenter);
    await call(client).catch(() => {});
    expect(vcenter.calls()).toHaveLength(2);
    await client.logOut();
  });

  test("no error but those of being unavailable is repeated", async () => {
    for (const status of [400, 403, 404, 409, 500]) {
      await using vcenter = await startScriptedVcenter({ status }, ok);
      const { client } = await connect(vcenter);
      await expect(client.listLibraries()).rejects.toMatchObject({ status });
      expect(vcenter.calls()).toHaveLength(1);
      await client.logOut();
    }
  });
});

describe("401 in the middle", () => {
  test("leads to one new log-in, and the call is sent once more with the new token", async () => {
    await using vcenter = await startScriptedVcenter(unauthenticated, ok);
    const { client } = await connect(vcenter);
    expect(await client.listLibraries()).toEqual(["one"]);
    expect(vcenter.logIns()).toHaveLength(2);
    expect(vcenter.calls().map(({ headers }) => headers["vmware-api-session-id"])).toEqual([
      token(1),
      token(2),
    ]);
    await client.logOut();
    expect(vcenter.received.at(-1)?.headers["vmware-api-session-id"]).toBe(token(2));
  });

  test("ends the log-in that it was about, which may still be alive", async () => {
    await using vcenter = await startScriptedVcenter(unauthenticated, ok);
    const { client } = await connect(vcenter);
    await client.listLibraries();
    await client.logOut();
    const tokens = vcenter.logOuts().map(({ headers }) => headers["vmware-api-session-id"]);
    expect(tokens).toEqual([token(1), token(2)]);
  });

  test("of a call that comes back late is met with the new log-in that there is already", async () => {
    const late = Promise.withResolvers<void>();
    await using vcenter = await startScriptedVcenter({ ...unauthenticated, after: late.promise });
    const { client } = await connect(vcenter);
    const first = client.listLibraries();
    await expect.poll(() => vcenter.calls().length).toBe(1);
    vcenter.answers.push(unauthenticated, ok);
    await client.listLibraries();
    late.resolve();
    expect(await first).toEqual(["one"]);
    expect(vcenter.logIns()).toHaveLength(2);
    await client.logOut();
  });

  test("twice ends the call, without a third log-in", async () => {
    const body = JSON.stringify({ type: "com.vmware.vapi.std.errors.unauthorized", value: { messages: [] } });
    await using vcenter = await startScriptedVcenter({ ...unauthenticated, body });
    const { client } = await connect(vcenter);
    const call = client.listLibraries();
    await expect(call).rejects.toThrow(VcenterFailure);
    await expect(call).rejects.toThrow("accepted a new log-in just before");
    await expect(call).rejects.toMatchObject({ status: 401, errorType: "UNAUTHORIZED" });
    expect(vcenter.logIns()).toHaveLength(2);
    expect(vcenter.calls()).toHaveLength(2);
    await client.logOut();
  });

  test("ends the call where the API has gone with it", async () => {
    await using vcenter = await startScriptedVcenter(unauthenticated);
    const { client } = await connect(vcenter);
    vcenter.logInAnswers.push({ status: 404 });
    const call = client.listLibraries();
    await expect(call).rejects.toThrow(VcenterFailure);
    await expect(call).rejects.toThrow("the API that was there before is gone");
    expect(vcenter.calls()).toHaveLength(1);
    await client.logOut();
  });

  test("never leads to a second refused log-in, by any later call", async () => {
    await using vcenter = await startScriptedVcenter(unauthenticated);
    const { client } = await connect(vcenter);
    vcenter.logInAnswers.push(unauthenticated);
    await expect(client.listLibraries()).rejects.toThrow(LoginRefused);
    await expect(client.deleteDownloadSession("s")).rejects.toThrow(LoginRefused);
    await client.logOut();
    expect(vcenter.logIns()).toHaveLength(2);
    expect(vcenter.calls()).toHaveLength(1);
  });
});

describe("a log-in", () => {
  test("that is refused is sent once", async () => {
    await using vcenter = await startScriptedVcenter();
    const body = '{"value":{"messages":[{"id":"m","default_message":"Authentication required.","args":[]}]}}';
    vcenter.logInAnswers.push({ status: 401, body });
    const attempt = connect(vcenter);
    await expect(attempt).rejects.toThrow(LoginRefused);
    await expect(attempt).rejects.toMatchObject({ status: 401, messages: [{ id: "m" }] });
    expect(vcenter.received).toHaveLength(1);
  });

  test("is sent again when vCenter was not ready for it, but not when its fate is unknown", async () => {
    await using vcenter = await startScriptedVcenter(ok);
    vcenter.logInAnswers.push(unavailable);
    const { client } = await connect(vcenter);
    await client.logOut();
    expect(vcenter.logIns()).toHaveLength(2);
    vcenter.logInAnswers.push({ reset: true });
    await expect(connect(vcenter)).rejects.toThrow(VcenterUnavailable);
    expect(vcenter.logIns()).toHaveLength(3);
  });

  test("whose token could not stand in a header is refused", async () => {
    await using vcenter = await startScriptedVcenter();
    vcenter.logInAnswers.push({ body: '{"value":"a\\r\\nb: c"}' });
    await expect(connect(vcenter)).rejects.toThrow(UnexpectedResponse);
  });

  test("at a server that is no vCenter says so", async () => {
    await using vcenter = await startScriptedVcenter();
    vcenter.logInAnswers.push({ status: 404 }, { status: 405 });
    const attempt = logIn(vcenter.profile({ dialect: "auto" }), { clock: fakeClock(), log: silentLogger });
    await expect(attempt).rejects.toThrow(/neither \/api nor \/rest/);
    expect(vcenter.logIns().map(({ line }) => line)).toEqual([
      "POST /api/session",
      "POST /rest/com/vmware/cis/session",
    ]);
  });

  test("needs a user name without a colon", async () => {
    await using vcenter = await startScriptedVcenter();
    const profile = vcenter.profile({ username: "a:b" });
    await expect(logIn(profile, { clock: fakeClock(), log: silentLogger })).rejects.toThrow(InvalidInput);
    expect(vcenter.received).toEqual([]);
  });

  test("says which server cannot be reached, after having tried again", async () => {
    const port = await freePort();
    await using vcenter = await startScriptedVcenter();
    const clock = fakeClock();
    const profile = vcenter.profile({ url: `http://127.0.0.1:${port}` });
    const attempt = logIn(profile, { clock, log: silentLogger });
    await expect(attempt).rejects.toThrow(VcenterUnavailable);
    await expect(attempt).rejects.toMatchObject({ cause: expect.any(ConnectionFailure) });
    await expect(attempt).rejects.toThrow(`127.0.0.1:${port}`);
    expect(clock.waits).toHaveLength(4);
  });
});

describe("a stop", () => {
  test("ends calls and waits with its reason, but still lets sessions be deleted", async () => {
    await using vcenter = await startScriptedVcenter(unavailable, { status: 204 });
    const stop = new AbortController();
    const clock = fakeClock();
    const stopping = { ...clock, sleep: async () => stop.abort(new Stopped("by its user")) };
    const { client } = await connect(vcenter, { signal: stop.signal, clock: stopping });
    await expect(client.listLibraries()).rejects.toThrow(Stopped);
    await expect(client.getItem("i")).rejects.toThrow(Stopped);
    await client.deleteDownloadSession("s");
    expect(vcenter.calls().at(-1)?.line).toMatch(/^DELETE /);
    await client.logOut();
    expect(vcenter.received.at(-1)?.line).toMatch(/^DELETE .*\/session$/);
  });

  test("during the log-in waits for its answer, and logs out again", async () => {
    await using vcenter = await startScriptedVcenter();
    const stop = new AbortController();
    const stopped = Promise.withResolvers<void>();
    vcenter.logInAnswers.push({ body: JSON.stringify({ value: token(1) }), after: stopped.promise });
    const options = { clock: fakeClock(), log: silentLogger, signal: stop.signal };
    const loggingIn = logIn(vcenter.profile(), options);
    await expect.poll(() => vcenter.logIns().length).toBe(1);
    stop.abort(new Stopped("by its user"));
    stopped.resolve();
    await expect(loggingIn).rejects.toThrow(Stopped);
    const last = vcenter.received.at(-1);
    expect(last?.line).toMatch(/^DELETE .*\/session$/);
    expect(last?.headers["vmware-api-session-id"]).toBe(token(1));
  });

  test("ends a call that is on its way", async () => {
    await using vcenter = await startScriptedVcenter({ hang: true });
    const stop = new AbortController();
    const { client } = await connect(vcenter, { signal: stop.signal });
    const call = client.listLibraries();
    await expect.poll(() => vcenter.calls().length).toBe(1);
    stop.abort(new Stopped("by its user"));
    await expect(call).rejects.toThrow(Stopped);
    await client.logOut();
  });
});

test("no log line and no error holds the password or a token", async () => {
  await using vcenter = await startScriptedVcenter({ reset: true }, unavailable, unauthenticated);
  const profile = vcenter.profile();
  const said: unknown[] = [];
  const write = (message: string, fields?: object) => said.push(message, fields);
  const client = await logIn(profile, { clock: fakeClock(), log: { info: write, warn: write } });
  said.push(await client.listLibraries().catch((error: unknown) => error));
  vcenter.logInAnswers.push(unauthenticated);
  said.push(await client.listLibraries().catch((error: unknown) => error));
  await client.logOut();
  const text = inspect(said, { depth: 20 });
  expect(text).toContain("LoginRefused");
  expect(text).toContain("vCenter is asked again");
  const basic = Buffer.from(`${profile.username}:${profile.password}`).toString("base64");
  for (const secret of [profile.password, basic, token(1), token(2)]) expect(text).not.toContain(secret);
});

test("null in place of a session's file is a file that is not there", async () => {
  await using vcenter = await startScriptedVcenter({ body: '{"value":null}' });
  const { client } = await connect(vcenter);
  const asked = client.getSessionFile("s:1", "a.iso");
  await expect(asked).rejects.toThrow(FileNotFound);
  await expect(asked).rejects.toThrow('Download session s:1 has no file "a.iso"');
  await client.logOut();
});

test("nothing is sent after the log-out", async () => {
  await using vcenter = await startScriptedVcenter(ok);
  const { client } = await connect(vcenter);
  await client.logOut();
  const before = vcenter.received.length;
  await expect(client.listLibraries()).rejects.toThrow(InternalError);
  expect(vcenter.received).toHaveLength(before);
});

test.each([
  ["503", unavailable],
  ["a broken connection", { reset: true }],
] as [string, Scripted][])("a log-out is sent again after %s", async (_trouble, first) => {
  await using vcenter = await startScriptedVcenter(ok);
  const { client } = await connect(vcenter);
  vcenter.logOutAnswers.push(first);
  await client.logOut();
  expect(vcenter.logOuts()).toHaveLength(2);
});

test("a log-out that is refused is told in the log, unless the log-in has ended by itself", async () => {
  await using vcenter = await startScriptedVcenter(ok);
  const warnings: string[] = [];
  const log = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  const ended = await connect(vcenter, { log });
  vcenter.logOutAnswers.push(unauthenticated, { status: 500 });
  await ended.client.logOut();
  expect(warnings).toEqual([]);
  const refused = await connect(vcenter, { log });
  await refused.client.logOut();
  expect(warnings).toEqual(["The log-out failed"]);
});

test("a log-out that fails is no error", async () => {
  const { client } = await (async () => {
    await using vcenter = await startScriptedVcenter(ok);
    return await connect(vcenter);
  })();
  await expect(client.logOut()).resolves.toBeUndefined();
});

test.each(["", ".", ".."])("the id %j cannot name another path", async (id) => {
  await using vcenter = await startScriptedVcenter(ok);
  const { client } = await connect(vcenter);
  await expect(client.getItem(id)).rejects.toThrow(InvalidInput);
  expect(vcenter.calls()).toEqual([]);
  await client.logOut();
});

describe("an answer", () => {
  const request = { method: "GET", path: "/", headers: {} } as const;

  test("is bounded in size", async () => {
    await using vcenter = await startScriptedVcenter({ body: "x".repeat(1001) });
    const limits = { answerBytes: 1000, answerMilliseconds: 60_000 };
    const http = openHttp(new URL(vcenter.profile().url), plainConnector(), limits);
    await expect(http.send(request)).rejects.toThrow(/more than 1000 bytes/);
    await http.close();
  });

  test("is bounded in time", async () => {
    await using vcenter = await startScriptedVcenter({ hang: true });
    const limits = { answerBytes: 1000, answerMilliseconds: 20 };
    const http = openHttp(new URL(vcenter.profile().url), plainConnector(), limits);
    await expect(http.send(request)).rejects.toThrow(ConnectionFailure);
    await http.close();
  });
});

describe("a failed connection", () => {
  const send = async (failure: Error) => {
    const http = openHttp(new URL("https://vc.example.com:8443"), (_, callback) => callback(failure, null));
    return await http
      .send({ method: "GET", path: "/", headers: {} })
      .catch((error: unknown) => error)
      .finally(() => http.close());
  };
  const failure = (message: string, fields: object) => Object.assign(new Error(message), fields);

  test.each([
    { what: "was refused", cause: failure("no", { syscall: "connect", code: "ECONNREFUSED" }) },
    { what: "found no address", cause: failure("no", { syscall: "getaddrinfo", code: "ENOTFOUND" }) },
    { what: "took too long", cause: new undiciErrors.ConnectTimeoutError("no") },
    { what: "broke", cause: failure("no", { syscall: "read", code: "ECONNRESET" }), sent: true },
  ])("that $what tells whether a request can have been sent", async ({ cause, sent = false }) => {
    const error = await send(cause);
    expect(error).toBeInstanceOf(ConnectionFailure);
    expect(error).toMatchObject({ neverSent: !sent, cause });
    expect(String(error)).toContain("vc.example.com:8443 cannot be reached or broke the connection: no");
  });

  test("to a server that does not speak TLS is an answer that is not to be expected", async () => {
    for (const code of ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER"]) {
      const cause = failure("wrong version number", { code });
      const error = await send(cause);
      expect(error).toBeInstanceOf(UnexpectedResponse);
      expect(error).toMatchObject({ cause });
      expect(String(error)).toContain(`does not speak TLS 1.2 or later (${code})`);
    }
  });
});

test("no request is sent when the connections have been closed", async () => {
  await using vcenter = await startScriptedVcenter(ok);
  const http = openHttp(new URL(vcenter.profile().url), plainConnector());
  await http.close();
  await expect(http.send({ method: "GET", path: "/", headers: {} })).rejects.toThrow(ConnectionFailure);
  expect(vcenter.received).toEqual([]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
