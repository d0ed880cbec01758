import { expect, test } from "vitest";
import type { Fault } from "../../simulators/vcenter/index.ts";
import { VcenterFixture } from "./vcenterFixture.ts";

const bytes = Buffer.from("0123456789");
const files = { "a.bin": bytes, "b.bin": bytes };
const LARGE = 64 * 1024 * 1024;
const LIBRARIES = "/api/content/library";

async function startWith(...faults: Fault[]): Promise<VcenterFixture> {
  return VcenterFixture.start(files, { faults });
}

test("a fault happens as often as it says, to the operation that it names", async () => {
  await using fixture = await startWith({ on: "library.list", status: 503, skip: 1, times: 2 });
  const statuses = [];
  for (let call = 0; call < 4; call++) statuses.push((await fixture.client.send("GET", LIBRARIES)).status);
  expect(statuses).toEqual([200, 503, 503, 200]);
  expect(fixture.simulator.requests.filter(({ status }) => status === 503)).toHaveLength(2);
});

test("a fault may be meant for one file", async () => {
  await using fixture = await startWith({ on: "download-session-file.get", fileName: "b.bin", status: 500 });
  const id = await fixture.open();
  expect(await fixture.file(id, "a.bin")).toMatchObject({ status: "UNPREPARED" });
  expect(await fixture.file(id, "b.bin")).toMatchObject({ error_type: "ERROR" });
});

test("an error may leave out its type, as the reference allows", async () => {
  await using fixture = await startWith({ on: "library.list", status: 400, errorType: null, times: 2 });
  expect((await fixture.client.send("GET", LIBRARIES)).json).toEqual({ messages: expect.any(Array) });
  const rest = await fixture.client.send("GET", "/rest/com/vmware/content/library");
  expect(rest.json).toEqual({ value: { messages: expect.any(Array) } });
});

test("a body of any kind, and a redirect", async () => {
  await using fixture = await startWith(
    {
      on: "library.list",
      body: "busy",
      contentType: "text/plain",
      status: 429,
      headers: { "retry-after": "1" },
    },
    { on: "library.list", location: "https://elsewhere.invalid/" },
  );
  const busy = await fixture.client.send("GET", LIBRARIES);
  expect([busy.status, busy.text, busy.headers["retry-after"]]).toEqual([429, "busy", "1"]);
  const redirect = await fixture.client.send("GET", LIBRARIES);
  expect([redirect.status, redirect.headers.location]).toEqual([302, "https://elsewhere.invalid/"]);
});

test("a connection may be cut before the answer", async () => {
  await using fixture = await startWith({ on: "library.list", reset: true });
  await expect(fixture.client.send("GET", LIBRARIES)).rejects.toThrow();
  expect((await fixture.client.send("GET", LIBRARIES)).status).toBe(200);
});

test("a request that is never answered ends with the simulator", async () => {
  await using fixture = await startWith({ on: "library.list", hang: true });
  const answer = expect(fixture.client.send("GET", LIBRARIES)).rejects.toThrow();
  expect((await fixture.client.send("GET", "/api/session")).status).toBe(200);
  await fixture.simulator.close();
  await answer;
});

test("an answer may be a proxy's page, half of itself, of other types, or of unknown members", async () => {
  await using fixture = await startWith(
    { on: "download-session.get", answer: "html" },
    { on: "download-session.get", answer: "truncated" },
    { on: "download-session.get", answer: "wrong-types" },
    { on: "download-session.get", answer: "unknown-enum" },
  );
  const id = await fixture.open();
  const page = await fixture.session(id);
  expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html"]);
  const half = await fixture.session(id);
  expect(() => half.json).toThrow(SyntaxError);
  expect((await fixture.session(id)).json).toMatchObject({
    state: { text: "ACTIVE" },
    client_progress: "many",
  });
  expect((await fixture.session(id)).json).toMatchObject({ state: "SUSPENDED", client_progress: 0 });
});

test("bytes cut in the middle break off, and the session does not count them as sent", async () => {
  await using fixture = await startWith({ on: "data", reset: true, afterBytes: 4 });
  const id = await fixture.open();
  const uri = await fixture.uri(id, "a.bin");
  await expect(fixture.client.send("GET", uri)).rejects.toThrow();
  expect(await fixture.file(id, "a.bin")).toMatchObject({ bytes_transferred: 4 });
  expect((await fixture.client.send("GET", uri)).text).toBe("0123456789");
  expect(fixture.simulator.transfers.map(({ outcome }) => outcome)).toEqual(["cut", "ended"]);
});

test("bytes may end too soon as if that were all", async () => {
  await using fixture = await startWith({ on: "data", endCleanly: true, afterBytes: 4 });
  const id = await fixture.open();
  const answer = await fixture.client.send("GET", await fixture.uri(id, "a.bin"));
  expect([answer.status, answer.text]).toEqual([200, "0123"]);
  expect(answer.headers).not.toHaveProperty("content-length");
  expect(await fixture.file(id, "a.bin")).not.toHaveProperty("checksum_info");
});

test("bytes may stop in the middle, or wait there for something else to happen", async () => {
  const met: string[] = [];
  await using fixture = await startWith(
    { on: "data", fileName: "a.bin", afterBytes: 4, meanwhile: () => void met.push("meanwhile") },
    { on: "data", fileName: "b.bin", afterBytes: 4, hang: true },
  );
  const id = await fixture.open();
  expect((await fixture.client.send("GET", await fixture.uri(id, "a.bin"))).text).toBe("0123456789");
  expect(met).toEqual(["meanwhile"]);
  const stopped = expect(fixture.client.send("GET", await fixture.uri(id, "b.bin"))).rejects.toThrow();
  await expect.poll(() => fixture.simulator.transfers[1]?.bytesSent).toBe(4);
  await fixture.simulator.close();
  await stopped;
  expect(fixture.simulator.faultsMet).toHaveLength(2);
});

test("what has happened is forgotten on request, and what is to come is not", async () => {
  await using fixture = await startWith({ on: "data", fileName: "a.bin", status: 500, times: 2 });
  const { simulator, client } = fixture;
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  expect((await client.send("GET", uri)).status).toBe(500);
  simulator.forgetHistory();
  const { requests, transfers, faultsMet } = simulator;
  expect({ requests, transfers, faultsMet }).toEqual({ requests: [], transfers: [], faultsMet: [] });
  expect((await client.send("GET", uri)).status).toBe(500);
  expect((await client.send("GET", uri)).status).toBe(200);
  expect(requests).toHaveLength(2);
  expect(faultsMet).toHaveLength(1);
});

test("more bytes than the file has may follow", async () => {
  await using fixture = await VcenterFixture.start(files, {
    framing: "chunked",
    faults: [{ on: "data", extraBytes: 2 }],
  });
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  expect((await fixture.client.send("GET", uri)).text).toBe("0123456789\0\0");
});

test("a byte corrupted on its way is not in vCenter's own digest", async () => {
  await using clean = await VcenterFixture.start(files);
  await using fixture = await startWith({ on: "data", corruptByteAt: 3 });
  const checksums = [];
  for (const each of [clean, fixture]) {
    const id = await each.open();
    const { text } = await each.client.send("GET", await each.uri(id, "a.bin"));
    expect(text === "0123456789").toBe(each === clean);
    checksums.push((await each.file(id, "a.bin")).checksum_info);
  }
  expect(checksums[1]).toEqual(checksums[0]);
});

test("a later request for bytes may be answered with another ETag, or without regard to its range", async () => {
  await using fixture = await startWith(
    { on: "data", skip: 1, headers: { etag: '"other"' } },
    { on: "data", skip: 1, ignoreRange: true },
  );
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  const range = "bytes=5-";
  const [first, second, third] = [
    await fixture.client.send("GET", uri, undefined, { range }),
    await fixture.client.send("GET", uri, undefined, { range }),
    await fixture.client.send("GET", uri, undefined, { range }),
  ];
  expect([first.status, second.status, third.status]).toEqual([206, 206, 200]);
  expect([second.headers.etag, third.headers.etag]).toEqual(['"other"', first.headers.etag]);
});

test.each([
  ["chunked", "truncate", true],
  ["content-length", "truncate", false],
  ["chunked", "reset", false],
  ["chunked", "continue", true],
] as const)("%s bytes that flow when the lease ends: %s", async (framing, onLeaseEnd, endsCleanly) => {
  let time = 0;
  const disk = { disk: { size: LARGE, seed: "disk" } };
  await using fixture = await VcenterFixture.start(disk, { framing, onLeaseEnd }, () => time);
  const stream = await fixture.client.stream(await fixture.uri(await fixture.open(), "disk"));
  let received = 0;
  const download = async () => {
    for await (const chunk of stream) {
      received += chunk.length;
      // Far more is still to come than any buffer on the way can hold.
      time = 300_000;
    }
  };
  if (endsCleanly) await download();
  else await expect(download()).rejects.toThrow();
  expect(received === LARGE).toBe(onLeaseEnd === "continue");
});

test("cancelling a session aborts its transfers", async () => {
  await using fixture = await VcenterFixture.start(
    { disk: { size: LARGE, seed: "disk" } },
    { framing: "chunked" },
  );
  const id = await fixture.open();
  const stream = await fixture.client.stream(await fixture.uri(id, "disk"));
  const download = async () => {
    for await (const _ of stream) {
      if (fixture.simulator.openDownloadSessions()[0]?.state === "ACTIVE")
        fixture.simulator.cancelDownloadSession(id);
    }
  };
  await expect(download()).rejects.toThrow();
  expect(fixture.simulator.transfers).toMatchObject([{ outcome: "cut" }]);
});
