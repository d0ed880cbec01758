import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { startVcenter } from "../../simulators/vcenter/index.ts";
import { Bench } from "./download.ts";
import { RawClient } from "./rawClient.ts";

const files = { "a.bin": Buffer.from("0123456789") };
const notAllowed = { error_type: "NOT_ALLOWED_IN_CURRENT_STATE" };

/** A clock that a test moves. */
function stoppedClock() {
  const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
  return clock;
}

test("the same client token gives the same session, in the query or as a header", async () => {
  await using bench = await Bench.start(files);
  const token = randomUUID();
  const first = await bench.open(token);
  expect(await bench.open(token)).toBe(first);
  const body = { library_item_id: bench.simulator.itemId("item") };
  const path = "/api/content/library/item/download-session";
  expect((await bench.client.send("POST", path, body, { "client-token": token })).json).toBe(first);
  expect(await bench.open(randomUUID())).not.toBe(first);
});

test("a list holds the caller's own sessions, of one item where it is named", async () => {
  const other = { username: "reader@vsphere.local", password: randomUUID() };
  await using simulator = await startVcenter({
    libraries: [
      { name: "library", items: [1, 2].map((n) => ({ name: `item ${n}`, type: "other", files: [] })) },
    ],
    otherUsers: [other],
  });
  await using one = new RawClient(simulator);
  await using two = new RawClient(simulator);
  await one.logIn();
  await two.logIn("/api/session", other);
  const path = "/api/content/library/item/download-session";
  const ids = [];
  for (const name of ["item 1", "item 2"]) {
    ids.push((await one.send("POST", path, { library_item_id: simulator.itemId(name) })).json);
  }
  expect((await one.send("GET", path)).json).toEqual(ids);
  expect((await one.send("GET", `${path}?library_item_id=${simulator.itemId("item 2")}`)).json).toEqual([
    ids[1],
  ]);
  expect((await two.send("GET", path)).json).toEqual([]);
});

test("a lease ends after five minutes, unless keep-alive extends it", async () => {
  const clock = stoppedClock();
  await using bench = await Bench.start(files, {}, clock.now);
  const kept = await bench.open();
  const left = await bench.open();
  expect((await bench.session(kept)).json).toMatchObject({ expiration_time: "2026-01-01T00:05:00.000Z" });
  clock.time += 299_000;
  await bench.session(kept, "keep-alive", { progress: 10 });
  await bench.session(left);
  await bench.client.send("GET", await bench.uri(left, "a.bin"));
  clock.time += 1000;
  expect((await bench.session(kept)).status).toBe(200);
  expect((await bench.session(left)).status).toBe(404);
  expect(bench.simulator.openDownloadSessions().map(({ id }) => id)).toEqual([kept]);
});

test("reads extend the lease where the behaviour says so", async () => {
  const clock = stoppedClock();
  await using bench = await Bench.start(files, { leaseExtendedBy: ["read"], leaseSeconds: 60 }, clock.now);
  const id = await bench.open();
  clock.time += 59_000;
  await bench.session(id);
  clock.time += 59_000;
  expect((await bench.session(id)).status).toBe(200);
});

test.each([
  ["cancel", undefined, "CANCELED"],
  ["fail", { client_error_message: "disk full" }, "ERROR"],
])("after %s the session stays readable, and nothing else is allowed", async (action, body, state) => {
  await using bench = await Bench.start(files);
  const id = await bench.open();
  const uri = await bench.uri(id, "a.bin");
  expect((await bench.session(id, action, body)).status).toBe(204);
  expect((await bench.session(id)).json).toMatchObject({ state });
  for (const refused of ["keep-alive", "cancel"]) {
    const answer = await bench.session(id, refused);
    expect([answer.status, answer.json]).toMatchObject([400, notAllowed]);
  }
  expect(await bench.prepare(id, "a.bin")).toMatchObject(notAllowed);
  expect((await bench.client.send("GET", uri)).status).toBe(404);
});

test("a session tells the content version that it was created for", async () => {
  await using bench = await Bench.start(files);
  const before = await bench.open();
  bench.simulator.touchItem(bench.simulator.itemId("item"));
  const after = await bench.open();
  expect((await bench.session(before)).json).toMatchObject({ library_item_content_version: "1" });
  expect((await bench.session(after)).json).toMatchObject({ library_item_content_version: "2" });
});

test("an upload gives item and file a new version, while an open session keeps the old bytes", async () => {
  await using bench = await Bench.start(files);
  const uri = await bench.uri(await bench.open(), "a.bin");
  const item = bench.simulator.itemId("item");
  await bench.simulator.replaceFile(item, { name: "a.bin", content: Buffer.from("new") });
  expect((await bench.client.send("GET", `/api/content/library/item/${item}`)).json).toMatchObject({
    content_version: "2",
    size: 3,
  });
  expect(
    (await bench.client.send("GET", `/api/content/library/item/${item}/file?name=a.bin`)).json,
  ).toMatchObject({
    version: "2",
  });
  expect((await bench.client.send("GET", uri)).text).toBe("0123456789");
  expect((await bench.client.send("GET", await bench.uri(await bench.open(), "a.bin"))).text).toBe("new");
});

test.each([
  [true, 404],
  [false, 200],
])("with sessionsDieWithLogin %s, a session of a log-in that has ended is answered %i", async (dies, status) => {
  await using bench = await Bench.start(files, { sessionsDieWithLogin: dies });
  const id = await bench.open();
  await bench.client.send("DELETE", "/api/session");
  await bench.client.logIn();
  expect((await bench.session(id)).status).toBe(status);
});
