import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { startVcenter } from "../../simulators/vcenter/index.ts";
import { VcenterFixture } from "./vcenterFixture.ts";
import { RawClient } from "./vcenterRawClient.ts";

const files = { "a.bin": Buffer.from("0123456789") };
const notAllowed = { error_type: "NOT_ALLOWED_IN_CURRENT_STATE" };

/** A clock that a test moves. */
function stoppedClock() {
  const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
  return clock;
}

test("the same client token gives the same session, in the query or as a header", async () => {
  await using fixture = await VcenterFixture.start(files);
  const token = randomUUID();
  const first = await fixture.open(token);
  expect(await fixture.open(token)).toBe(first);
  const body = { library_item_id: fixture.simulator.itemId("item") };
  const path = "/api/content/library/item/download-session";
  expect((await fixture.client.send("POST", path, body, { "client-token": token })).json).toBe(first);
  expect(await fixture.open(randomUUID())).not.toBe(first);
});

test("the client token of a session that was deleted gives a new one, which it goes on giving", async () => {
  await using fixture = await VcenterFixture.start(files);
  const token = randomUUID();
  const first = await fixture.open(token);
  await fixture.client.send("DELETE", `/api/content/library/item/download-session/${first}`);
  const second = await fixture.open(token);
  expect(second).not.toBe(first);
  expect(await fixture.open(token)).toBe(second);
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
  await using fixture = await VcenterFixture.start(files, {}, clock.now);
  const kept = await fixture.open();
  const left = await fixture.open();
  expect((await fixture.session(kept)).json).toMatchObject({ expiration_time: "2026-01-01T00:05:00.000Z" });
  clock.time += 299_000;
  await fixture.session(kept, "keep-alive", { progress: 10 });
  await fixture.session(left);
  await fixture.client.send("GET", await fixture.uri(left, "a.bin"));
  clock.time += 1000;
  expect((await fixture.session(kept)).status).toBe(200);
  expect((await fixture.session(left)).status).toBe(404);
  expect(fixture.simulator.openDownloadSessions().map(({ id }) => id)).toEqual([kept]);
});

test("reads extend the lease where the behaviour says so", async () => {
  const clock = stoppedClock();
  await using fixture = await VcenterFixture.start(
    files,
    { leaseExtendedBy: ["read"], leaseSeconds: 60 },
    clock.now,
  );
  const id = await fixture.open();
  clock.time += 59_000;
  await fixture.session(id);
  clock.time += 59_000;
  expect((await fixture.session(id)).status).toBe(200);
});

test.each([
  ["cancel", undefined, "CANCELED"],
  ["fail", { client_error_message: "disk full" }, "ERROR"],
])("after %s the session stays readable, and nothing else is allowed", async (action, body, state) => {
  await using fixture = await VcenterFixture.start(files);
  const id = await fixture.open();
  const uri = await fixture.uri(id, "a.bin");
  expect((await fixture.session(id, action, body)).status).toBe(204);
  expect((await fixture.session(id)).json).toMatchObject({ state });
  for (const refused of ["keep-alive", "cancel"]) {
    const answer = await fixture.session(id, refused);
    expect([answer.status, answer.json]).toMatchObject([400, notAllowed]);
  }
  expect(await fixture.prepare(id, "a.bin")).toMatchObject(notAllowed);
  expect((await fixture.client.send("GET", uri)).status).toBe(404);
});

test("a session tells the content version that it was created for", async () => {
  await using fixture = await VcenterFixture.start(files);
  const before = await fixture.open();
  fixture.simulator.touchItem(fixture.simulator.itemId("item"));
  const after = await fixture.open();
  expect((await fixture.session(before)).json).toMatchObject({ library_item_content_version: "1" });
  expect((await fixture.session(after)).json).toMatchObject({ library_item_content_version: "2" });
});

test("an upload gives item and file a new version, while an open session keeps the old bytes", async () => {
  await using fixture = await VcenterFixture.start(files);
  const uri = await fixture.uri(await fixture.open(), "a.bin");
  const item = fixture.simulator.itemId("item");
  await fixture.simulator.replaceFile(item, { name: "a.bin", content: Buffer.from("new") });
  expect((await fixture.client.send("GET", `/api/content/library/item/${item}`)).json).toMatchObject({
    content_version: "2",
    size: 3,
  });
  expect(
    (await fixture.client.send("GET", `/api/content/library/item/${item}/file?name=a.bin`)).json,
  ).toMatchObject({
    version: "2",
  });
  expect((await fixture.client.send("GET", uri)).text).toBe("0123456789");
  expect((await fixture.client.send("GET", await fixture.uri(await fixture.open(), "a.bin"))).text).toBe(
    "new",
  );
});

test.each([
  [true, 404],
  [false, 200],
])("with sessionsDieWithLogin %s, a session of a log-in that has ended is answered %i", async (dies, status) => {
  await using fixture = await VcenterFixture.start(files, { sessionsDieWithLogin: dies });
  const id = await fixture.open();
  await fixture.client.send("DELETE", "/api/session");
  await fixture.client.logIn();
  expect((await fixture.session(id)).status).toBe(status);
});
