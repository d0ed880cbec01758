import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { VcenterFixture } from "./vcenterFixture.ts";

const bytes = Buffer.from("0123456789");
const files = { "a.bin": bytes, empty: Buffer.alloc(0) };

function sha(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest("hex");
}

test.each([
  "SHA1",
  "MD5",
  "SHA256",
  "SHA512",
] as const)("a session tells the %s of what it sent", async (algorithm) => {
  await using fixture = await VcenterFixture.start(files, { sessionChecksum: algorithm });
  const id = await fixture.open();
  await fixture.client.send("GET", await fixture.uri(id, "a.bin"));
  const checksum = { algorithm, checksum: sha(algorithm, bytes) };
  expect(await fixture.file(id, "a.bin")).toMatchObject({ size: 10, checksum_info: checksum });
});

test("checksum and size are told only once every byte has been sent, in whatever order", async () => {
  await using fixture = await VcenterFixture.start(files);
  const id = await fixture.open();
  const uri = await fixture.uri(id, "a.bin");
  for (const range of ["bytes=6-", "bytes=0-3"]) await fixture.client.send("GET", uri, undefined, { range });
  const unfinished = await fixture.file(id, "a.bin");
  expect(unfinished).toMatchObject({ bytes_transferred: 8 });
  expect(unfinished).not.toHaveProperty("checksum_info");
  expect(unfinished).not.toHaveProperty("size");
  await fixture.client.send("GET", uri, undefined, { range: "bytes=3-6" });
  expect(await fixture.file(id, "a.bin")).toMatchObject({
    size: 10,
    bytes_transferred: 10,
    checksum_info: { checksum: sha("SHA256", bytes) },
  });
});

test("they may take some polls more, or never come", async () => {
  await using fixture = await VcenterFixture.start(files, { sessionChecksumDelayPolls: 2 });
  const id = await fixture.open();
  await fixture.client.send("GET", await fixture.uri(id, "a.bin"));
  const told = [];
  for (let poll = 0; poll < 3; poll++) told.push("checksum_info" in (await fixture.file(id, "a.bin")));
  expect(told).toEqual([false, false, true]);
  Object.assign(fixture.simulator.behaviour, { sessionChecksum: "never", sessionSize: "never" });
  expect(await fixture.file(id, "a.bin")).toEqual({
    name: "a.bin",
    status: "PREPARED",
    bytes_transferred: 10,
    download_endpoint: expect.anything(),
  });
});

test("wrong checksums are wrong for the named files alone, and SHA1 may go without saying", async () => {
  await using fixture = await VcenterFixture.start(files, {
    sessionChecksum: "SHA1",
    wrongSessionChecksums: ["a.bin"],
    omitsDefaultAlgorithm: true,
  });
  const id = await fixture.open();
  for (const name of ["a.bin", "empty"]) await fixture.client.send("GET", await fixture.uri(id, name));
  expect((await fixture.file(id, "a.bin")).checksum_info?.checksum).not.toBe(sha("SHA1", bytes));
  expect((await fixture.file(id, "empty")).checksum_info).toEqual({ checksum: sha("SHA1", Buffer.alloc(0)) });
});

test.each([
  ["bytes=0-", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=4-5", 206, "bytes 4-5/10", "45"],
  ["bytes=8-99", 206, "bytes 8-9/10", "89"],
  ["bytes=-3", 206, "bytes 7-9/10", "789"],
  ["bytes=10-", 416, "bytes */10", ""],
  ["lines=1-2", 200, undefined, "0123456789"],
  ["bytes=5-4", 200, undefined, "0123456789"],
])("the range %s is answered %i", async (range, status, contentRange, text) => {
  await using fixture = await VcenterFixture.start(files);
  const answer = await fixture.client.send(
    "GET",
    await fixture.uri(await fixture.open(), "a.bin"),
    undefined,
    {
      range,
    },
  );
  expect([answer.status, answer.headers["content-range"], answer.text]).toEqual([status, contentRange, text]);
});

test("a server without ranges sends everything, and says nothing of ranges", async () => {
  await using fixture = await VcenterFixture.start(files, { ranges: false, framing: "chunked", etag: false });
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  const answer = await fixture.client.send("GET", uri, undefined, { range: "bytes=4-" });
  expect([answer.status, answer.text]).toEqual([200, "0123456789"]);
  expect(answer.headers).toMatchObject({ "transfer-encoding": "chunked" });
  for (const header of ["accept-ranges", "content-length", "etag"])
    expect(answer.headers).not.toHaveProperty(header);
});

test.each([
  200, 416,
] as const)("bytes=0- of an empty file is answered %i and completes it", async (status) => {
  await using fixture = await VcenterFixture.start(files, { rangeOfEmptyFile: status });
  const id = await fixture.open();
  const answer = await fixture.client.send("GET", await fixture.uri(id, "empty"), undefined, {
    range: "bytes=0-",
  });
  expect([answer.status, answer.text]).toEqual([status, ""]);
  expect(await fixture.file(id, "empty")).toMatchObject({ size: 0 });
});

test("the URI alone is enough, unless data needs the session", async () => {
  await using fixture = await VcenterFixture.start(files);
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  const anonymous = { "vmware-api-session-id": "" };
  expect((await fixture.client.send("GET", uri, undefined, anonymous)).status).toBe(200);
  fixture.simulator.behaviour.dataNeedsSession = true;
  expect((await fixture.client.send("GET", uri, undefined, anonymous)).status).toBe(401);
  expect((await fixture.client.send("GET", uri)).status).toBe(200);
});

test("made bytes are the same from any offset, and no two blocks are alike", async () => {
  await using fixture = await VcenterFixture.start({ disk: { size: 300_000, seed: "disk" } });
  const uri = await fixture.uri(await fixture.open(), "disk");
  const whole = (await fixture.client.send("GET", uri)).bytes;
  const range = "bytes=65530-270000";
  const part = (await fixture.client.send("GET", uri, undefined, { range })).bytes;
  expect(part.equals(whole.subarray(65_530, 270_001))).toBe(true);
  expect(whole.subarray(0, 65_536).equals(whole.subarray(65_536, 131_072))).toBe(false);
});

test.each([
  " leading.iso",
  "100% #1?.iso",
  "quo\"te's.iso",
  "диск 💾.vmdk",
  ".hidden",
  "a+b&c=d;e.iso",
])("a file may be called %s", async (name) => {
  await using fixture = await VcenterFixture.start({ [name]: bytes });
  const id = await fixture.open();
  expect((await fixture.client.send("GET", await fixture.uri(id, name))).text).toBe("0123456789");
  expect(await fixture.file(id, name)).toMatchObject({ size: 10 });
});

test("requests are recorded without what gives access", async () => {
  await using fixture = await VcenterFixture.start(files);
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  await fixture.client.send("GET", uri, undefined, { range: "bytes=2-" });
  const [key = ""] = /[0-9a-f]{32}/.exec(uri) ?? [];
  expect(fixture.simulator.requests.at(-1)).toEqual({
    method: "GET",
    path: "/cls/data/*/a.bin",
    operation: "data",
    status: 206,
    range: "bytes=2-",
    sessionHeader: true,
  });
  expect(JSON.stringify(fixture.simulator.requests)).not.toContain(key);
  expect(fixture.simulator.transfers).toMatchObject([
    { fileName: "a.bin", start: 2, end: 10, bytesSent: 8, outcome: "ended" },
  ]);
});

test("a limited connection still sends every byte", async () => {
  await using fixture = await VcenterFixture.start(files, { bytesPerSecond: 1000 });
  expect((await fixture.client.send("GET", await fixture.uri(await fixture.open(), "a.bin"))).text).toBe(
    "0123456789",
  );
});
