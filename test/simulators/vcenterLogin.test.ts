import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { startVcenter } from "../../simulators/vcenter/index.ts";
import { VcenterFixture } from "./vcenterFixture.ts";
import { RawClient } from "./vcenterRawClient.ts";

const files = { "a.bin": Buffer.from("a") };
const LIBRARIES = "/api/content/library";

test("a wrong password is 401 and counted, and five lock the account for three minutes", async () => {
  let time = 0;
  await using simulator = await startVcenter({ libraries: [], now: () => time });
  await using client = new RawClient(simulator);
  const wrong = { username: simulator.username, password: randomUUID() };
  for (let attempt = 0; attempt < 5; attempt++) {
    expect((await client.logIn("/api/session", wrong)).status).toBe(401);
  }
  expect((await client.logIn()).status).toBe(401);
  time += 180_001;
  expect((await client.logIn()).status).toBe(201);
  expect(simulator.loginAttempts()).toBe(7);
});

test("a password may hold colons and any character", async () => {
  const password = `:ü:${randomUUID()}`;
  await using simulator = await startVcenter({ libraries: [], password });
  await using client = new RawClient(simulator);
  expect((await client.logIn()).status).toBe(201);
});

test("a log-in ends when nobody uses it for half an hour", async () => {
  let time = 0;
  await using fixture = await VcenterFixture.start(files, {}, () => time);
  time += 1_799_000;
  expect((await fixture.client.send("GET", LIBRARIES)).status).toBe(200);
  time += 1_800_000;
  expect((await fixture.client.send("GET", LIBRARIES)).status).toBe(401);
  expect(fixture.simulator.openLogins()).toEqual([]);
});

test("every token is refused after the log-ins expired, and a new log-in works", async () => {
  await using fixture = await VcenterFixture.start(files);
  fixture.simulator.expireLogins();
  expect((await fixture.client.send("GET", LIBRARIES)).status).toBe(401);
  await fixture.client.logIn();
  expect((await fixture.client.send("GET", LIBRARIES)).status).toBe(200);
});

test("who is logged in can be asked", async () => {
  await using fixture = await VcenterFixture.start(files, {}, () => 0);
  expect((await fixture.client.send("GET", "/api/session")).json).toEqual({
    user: fixture.simulator.username,
    created_time: "1970-01-01T00:00:00.000Z",
    last_accessed_time: "1970-01-01T00:00:00.000Z",
  });
});

test("without the global permission no library is visible, and none can be named", async () => {
  await using fixture = await VcenterFixture.start(files, { librariesVisible: false });
  expect((await fixture.client.send("GET", LIBRARIES)).json).toEqual([]);
  const find = await fixture.client.send("POST", `${LIBRARIES}?action=find`, { name: "library" });
  expect(find.json).toEqual([]);
  const id = fixture.simulator.libraryId("library");
  expect((await fixture.client.send("GET", `${LIBRARIES}/${id}`)).status).toBe(404);
});

test("without the privilege to download no session is created", async () => {
  await using fixture = await VcenterFixture.start(files, { mayDownload: false });
  expect(await fixture.open()).toMatchObject({ error_type: "UNAUTHORIZED" });
});

test("names of libraries and items need not be unique, and a VM template has no files", async () => {
  const template = { name: "same", type: "vm-template", files: [] };
  const library = { name: "library", items: [template, template] };
  await using simulator = await startVcenter({ libraries: [library, library] });
  await using client = new RawClient(simulator);
  await client.logIn();
  expect((await client.send("POST", `${LIBRARIES}?action=find`, { name: "library" })).json).toHaveLength(2);
  const items = await client.send("POST", `${LIBRARIES}/item?action=find`, { name: "same" });
  expect(items.json).toHaveLength(4);
  const { json } = await client.send("GET", `${LIBRARIES}/item/${simulator.itemId("same")}/file`);
  expect(json).toEqual([]);
});
