import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionSummarySchema, syncListSchema, syncStatusSchema } from "../../functions/api/schemas.ts";
import { holdParts, PLACES } from "../executions/deployments.ts";
import { plainItem } from "../sync/harness.ts";
import { BUCKET, expectNothingLeft, ubuntu } from "../workflow/harness.ts";
import { type Answer, ApiScene } from "./scene.ts";

const golden = { vcenter: "lab", library: "Golden images" };
const libraries = [{ ...ubuntu, items: [...ubuntu.items, plainItem("notes")] }];

describe.each(PLACES)("the syncs of the API over executions %s", (place) => {
  let scene: ApiScene;
  beforeEach(async () => {
    scene = await ApiScene.open(place, { libraries });
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  const post = (body: unknown, headers: Record<string, string> = {}) => scene.post(body, headers, "/syncs");

  async function finished(input: unknown): Promise<string> {
    const { body } = await post(input);
    await scene.deployment.syncEngine.ended(String(body.id));
    return String(body.id);
  }

  test("starts a sync, tells where to look at it, and there what it has done", async () => {
    const { status, headers, body } = await post(golden);
    expect(status).toBe(201);
    expect(executionSummarySchema.parse(body)).toMatchObject({
      id: expect.stringMatching(/^sync_Golden-images_[0-9a-f]{12}$/),
      state: "RUNNING",
    });
    expect(headers.get("location")).toBe(`/syncs/${body.id}`);

    await scene.deployment.syncEngine.ended(String(body.id));
    const looked = await scene.get(headers.get("location") ?? "");
    expect(looked.status).toBe(200);
    expect(syncStatusSchema.parse(looked.body)).toMatchObject({
      state: "SUCCEEDED",
      input: golden,
      library: { vcenter: "lab", name: "Golden images" },
      pages: { total: 1, done: 1 },
      exporting: null,
      counts: { EXPORTED: 2, FAILED: 0 },
      filesMoved: 3,
      index: { bucket: BUCKET, key: "Golden images/lib.json" },
      report: { bucket: BUCKET, key: `.library-export/reports/${body.id}.json` },
      error: null,
    });
    expect(scene.deployment.workflow.keys()).toContain("Golden images/ubuntu/disk-0.vmdk");
  });

  test("tells of a sync on its way how many items of the page have ended", async () => {
    const held = holdParts(scene.deployment.workflow);
    const id = String((await post({ ...golden, maxConcurrency: 2 })).body.id);
    await held.asked;
    const status = async () => syncStatusSchema.parse((await scene.get(`/syncs/${id}`)).body);
    await expect
      .poll(async () => (await status()).exporting, { interval: 20, timeout: 10_000 })
      .toEqual({ total: 2, ended: 1 });
    expect(await status()).toMatchObject({ state: "RUNNING", pages: { total: 1, done: 0 }, report: null });
    held.release();
    await scene.deployment.syncEngine.ended(id);
    expect((await status()).pages).toEqual({ total: 1, done: 1 });
  });

  test("has the error of a sync that failed, and what it did all the same", async () => {
    scene.deployment.workflow.vcenter.behaviour.wrongSessionChecksums = ["notes.bin"];
    const { body } = await scene.get(`/syncs/${await finished(golden)}`);
    expect(syncStatusSchema.parse(body)).toMatchObject({
      state: "FAILED",
      counts: { EXPORTED: 1, FAILED: 1 },
      error: { name: "ChecksumMismatch" },
    });
  });

  test("names the error of a library that is not there", async () => {
    const { body } = await scene.get(`/syncs/${await finished({ ...golden, library: "Silver" })}`);
    expect(body).toMatchObject({ library: null, pages: null, error: { name: "LibraryNotFound" } });
  });

  test("the same key and body lead to the same sync, and with another body are a conflict", async () => {
    const key = { "Idempotency-Key": "nightly" };
    const first = await post(golden, key);
    const second = await post({ ...golden, onDelete: "keep" }, key);
    expect([second.status, second.body.id]).toEqual([201, first.body.id]);
    expectProblem(await post({ ...golden, onDelete: "mark" }, key), 409, "IdempotencyKeyReused");
    await scene.deployment.syncEngine.ended(String(first.body.id));
    // The key of an export is another one, although it is the same text.
    const beside = await scene.post({ ...golden, item: "ubuntu" }, key);
    expect([beside.status, beside.body.id === first.body.id]).toEqual([201, false]);
  });

  test("lists the syncs by pages, the latest first, and no export among them", async () => {
    const ids = [await finished(golden), await finished({ ...golden, library: "Silver" })].reverse();
    const pages: string[][] = [];
    let query = "?limit=1";
    while (query !== "" && pages.length < 4) {
      const { syncs, nextPageToken } = syncListSchema.parse((await scene.get(`/syncs${query}`)).body);
      pages.push(syncs.map(({ id }) => id));
      query = nextPageToken === null ? "" : `?limit=1&pageToken=${encodeURIComponent(nextPageToken)}`;
    }
    expect(pages).toEqual(ids.map((id) => [id]));
    const { body } = await scene.get("/syncs?state=SUCCEEDED");
    expect(syncListSchema.parse(body).syncs.map(({ id }) => id)).toEqual(ids.slice(1));
  });

  test("stops a sync and the exports that it has started, which leave nothing", async () => {
    const { workflow } = scene.deployment;
    const held = holdParts(workflow);
    const { body } = await post(golden);
    await held.asked;
    for (let time = 1; time <= 2; time++) {
      const stopped = await scene.request("DELETE", `/syncs/${body.id}`);
      expect(stopped.status).toBe(202);
      expect(executionSummarySchema.parse(stopped.body)).toMatchObject({ id: body.id, state: "ABORTED" });
    }
    expect((await scene.get(`/syncs/${body.id}`)).body).toMatchObject({ error: { name: "Stopped" } });
    held.release();
    expect(workflow.s3.objects(BUCKET).filter((key) => /\/(syncs|runs|staging)\//.test(key))).toEqual([]);
    expect(workflow.s3.openUploads()).toEqual([]);
    expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  });

  test("a sync that is not there is told so, and so is an export that is no sync", async () => {
    expectProblem(await scene.get("/syncs/none"), 404, "SyncNotFound");
    expectProblem(await scene.request("DELETE", "/syncs/no%20such%3Athing"), 404, "SyncNotFound");
    const exported = await scene.finished({ ...golden, item: "notes" });
    expectProblem(await scene.get(`/syncs/${exported}`), 404, "SyncNotFound");
    expectNothingLeft(scene.deployment.workflow);
  });
});

test.each([
  { what: "a field is missing", body: { vcenter: "lab" }, names: "libraryId" },
  { what: "a field is of exports alone", body: { ...golden, item: "ubuntu" }, names: "item" },
  { what: "a field has no such value", body: { ...golden, onDelete: "shred" }, names: "onDelete" },
])("what is wrong with the body is named when $what", async ({ body, names }) => {
  await using scene = await ApiScene.open("in AWS Step Functions");
  const answer = await scene.post(body, {}, "/syncs");
  expectProblem(answer, 400, "InvalidInput");
  expect(answer.body.detail).toContain(names);
  expect(scene.deployment.stepFunctions.requests).toEqual([]);
});

function expectProblem({ status, headers, body }: Answer, expected: number, name: string): void {
  expect({ status, name: body.name }).toEqual({ status: expected, name });
  expect(headers.get("content-type")).toBe("application/problem+json");
}
