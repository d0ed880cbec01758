import { expect, test } from "vitest";
import { VcenterFixture } from "./vcenterFixture.ts";

const files = { "a.bin": Buffer.from("0123456789"), "b.bin": Buffer.from("b") };
const SLOWLY = [{ status: "PREPARE_REQUESTED" }, { status: "PREPARING", polls: 2 }, { status: "PREPARED" }];

test("a preparation walks through its statuses by the number of answers", async () => {
  await using fixture = await VcenterFixture.start(files, { prepare: SLOWLY });
  const id = await fixture.open();
  expect(await fixture.file(id, "a.bin")).toEqual({
    name: "a.bin",
    status: "UNPREPARED",
    bytes_transferred: 0,
  });
  const seen = [(await fixture.prepare(id, "a.bin")).status];
  for (let poll = 0; poll < 4; poll++) seen.push((await fixture.file(id, "a.bin")).status);
  expect(seen).toEqual(["PREPARE_REQUESTED", "PREPARING", "PREPARING", "PREPARED", "PREPARED"]);
  expect(await fixture.file(id, "b.bin")).toMatchObject({ status: "UNPREPARED" });
});

test("a preparation takes the time that it is given", async () => {
  let time = 0;
  const prepare = [{ status: "PREPARING", milliseconds: 60_000 }, { status: "PREPARED" }];
  await using fixture = await VcenterFixture.start(files, { prepare }, () => time);
  const id = await fixture.open();
  await fixture.prepare(id, "a.bin");
  time = 59_999;
  expect(await fixture.file(id, "a.bin")).toMatchObject({ status: "PREPARING" });
  time = 60_000;
  expect(await fixture.file(id, "a.bin")).toMatchObject({ status: "PREPARED" });
});

test("asking again does not start a preparation anew, unless it failed", async () => {
  await using fixture = await VcenterFixture.start(files, {
    prepare: SLOWLY,
    prepareByFile: { "b.bin": [{ status: "PREPARING" }, { status: "ERROR", errorMessage: "no space" }] },
  });
  const id = await fixture.open();
  await fixture.prepare(id, "a.bin");
  expect(await fixture.prepare(id, "a.bin")).toMatchObject({ status: "PREPARING" });
  await fixture.prepare(id, "b.bin");
  expect(await fixture.file(id, "b.bin")).toMatchObject({
    status: "ERROR",
    error_message: { default_message: "no space" },
  });
  expect(await fixture.prepare(id, "b.bin")).toMatchObject({ status: "PREPARING" });
});

test("an error may come without a message", async () => {
  await using fixture = await VcenterFixture.start(files, { prepare: [{ status: "ERROR" }] });
  expect(await fixture.prepare(await fixture.open(), "a.bin")).toEqual({
    name: "a.bin",
    status: "ERROR",
    bytes_transferred: 0,
  });
});

test("there is no endpoint and no byte before PREPARED", async () => {
  await using fixture = await VcenterFixture.start(files, { prepareByFile: { "b.bin": SLOWLY } });
  const id = await fixture.open();
  const uri = await fixture.uri(id, "a.bin");
  expect(await fixture.prepare(id, "b.bin")).not.toHaveProperty("download_endpoint");
  expect((await fixture.client.send("GET", uri.replace("a.bin", "b.bin"))).status).toBe(404);
});

test("an item that is not cached has no sizes until its files are prepared", async () => {
  await using fixture = await VcenterFixture.start(files, { itemChecksum: "SHA1" }, undefined, false);
  const path = `/api/content/library/item/${fixture.simulator.itemId("item")}`;
  const before = { name: "a.bin", size: 0, cached: false, version: "1" };
  expect((await fixture.client.send("GET", `${path}/file?name=a.bin`)).json).toEqual(before);
  const id = await fixture.open();
  await fixture.prepare(id, "a.bin");
  expect((await fixture.client.send("GET", path)).json).toMatchObject({ size: 10, cached: false });
  await fixture.prepare(id, "b.bin");
  expect((await fixture.client.send("GET", path)).json).toMatchObject({ size: 11, cached: true });
});

test.each([
  ["same-port", /^https:\/\/127\.0\.0\.1:/],
  ["second-port", /^https:\/\/127\.0\.0\.1:/],
  ["http", /^http:\/\/127\.0\.0\.1:/],
  ["other-host", /^https:\/\/localhost:/],
  ["ds", /^ds:\/\/\/vmfs\/volumes\//],
  ["file", /^file:\/\/\//],
] as const)("an endpoint on %s has a URI of that kind", async (endpoint, pattern) => {
  await using fixture = await VcenterFixture.start(files, { endpoint });
  expect(await fixture.uri(await fixture.open(), "a.bin")).toMatch(pattern);
});

test("DIRECT needs the privilege to read storage, and leads to the datastore", async () => {
  await using fixture = await VcenterFixture.start(files);
  const id = await fixture.open();
  expect(await fixture.prepare(id, "a.bin", "DIRECT")).toMatchObject({ error_type: "UNAUTHORIZED" });
  fixture.simulator.behaviour.mayReadStorage = true;
  const { download_endpoint: endpoint } = await fixture.prepare(id, "a.bin", "DIRECT");
  expect(endpoint?.uri).toMatch(/^ds:/);
});

test("a file that the item does not have is an invalid argument", async () => {
  await using fixture = await VcenterFixture.start(files);
  expect(await fixture.prepare(await fixture.open(), "c.bin")).toMatchObject({
    error_type: "INVALID_ARGUMENT",
    messages: [{ args: ["c.bin"] }],
  });
});
