import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionSummarySchema, exportListSchema, exportStatusSchema } from "../../functions/api/schemas.ts";
import { holdParts, PLACES } from "../executions/deployments.ts";
import { expectNothingLeft } from "../workflow/harness.ts";
import { type Answer, ApiScene } from "./scene.ts";

const ubuntu = { vcenter: "lab", library: "Golden images", item: "ubuntu" };

describe.each(PLACES)("the API over executions %s", (place) => {
  let scene: ApiScene;
  beforeEach(async () => {
    scene = await ApiScene.open(place);
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  test("starts an export and tells where to look at it", async () => {
    const { status, headers, body } = await scene.post(ubuntu);
    expect(status).toBe(201);
    expect(executionSummarySchema.parse(body)).toMatchObject({
      id: expect.stringMatching(/^Golden-images_ubuntu_[0-9a-f]{12}$/),
      state: "RUNNING",
      endedAt: null,
    });
    expect(headers.get("location")).toBe(`/exports/${body.id}`);

    await scene.deployment.engine.ended(String(body.id));
    const looked = await scene.get(headers.get("location") ?? "");
    expect(looked.status).toBe(200);
    expect(exportStatusSchema.parse(looked.body)).toMatchObject({
      state: "SUCCEEDED",
      input: ubuntu,
      files: [
        { name: "disk-0.vmdk", status: "EXPORTED" },
        { name: "ubuntu.ovf", status: "EXPORTED" },
      ],
    });
    expect(scene.deployment.workflow.keys()).toContain("Golden images/ubuntu/disk-0.vmdk");
  });

  test("the same key and body lead to the same execution, while it runs and after its end", async () => {
    const key = { "Idempotency-Key": "nightly-1" };
    const first = await scene.post(ubuntu, key);
    const second = await scene.post({ ...ubuntu, overwrite: "if-changed" }, key);
    expect([second.status, second.body.id]).toEqual([201, first.body.id]);
    await scene.deployment.engine.ended(String(first.body.id));

    const third = await scene.post(ubuntu, key);
    expect([third.status, third.body.id, third.body.state]).toEqual([201, first.body.id, "SUCCEEDED"]);
    for (const { body } of [second, third]) expect(Object.keys(body)).toEqual(Object.keys(first.body));
    expect((await scene.get("/exports")).body.exports).toHaveLength(1);
  });

  test("the same key with another body is a conflict, while the export runs and after its end", async () => {
    const key = { "Idempotency-Key": "one-key" };
    const { body } = await scene.post(ubuntu, key);
    const other = { ...ubuntu, overwrite: "always" };
    expectProblem(await scene.post(other, key), 409, "IdempotencyKeyReused");
    await scene.deployment.engine.ended(String(body.id));
    expectProblem(await scene.post(other, key), 409, "IdempotencyKeyReused");
  });

  test("lists the exports by pages, the latest first, and by state", async () => {
    const ids = [];
    for (const item of ["ubuntu", "none", "none"]) ids.unshift(await scene.finished({ ...ubuntu, item }));

    const pages: string[][] = [];
    let query = "?limit=2";
    while (query !== "" && pages.length < 4) {
      const { body } = await scene.get(`/exports${query}`);
      const { exports, nextPageToken } = exportListSchema.parse(body);
      pages.push(exports.map(({ id }) => id));
      query = nextPageToken === null ? "" : `?limit=2&pageToken=${encodeURIComponent(nextPageToken)}`;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2)]);

    const { body } = await scene.get("/exports?state=SUCCEEDED");
    expect(exportListSchema.parse(body).exports.map(({ id }) => id)).toEqual([ids[2]]);
  });

  test("stops an export, which leaves nothing", async () => {
    const { workflow } = scene.deployment;
    const held = holdParts(workflow);
    const { body } = await scene.post(ubuntu);
    await held.asked;
    for (let time = 1; time <= 2; time++) {
      const stopped = await scene.request("DELETE", `/exports/${body.id}`);
      expect(stopped.status).toBe(202);
      expect(executionSummarySchema.parse(stopped.body)).toMatchObject({ id: body.id, state: "ABORTED" });
    }
    expect((await scene.get(`/exports/${body.id}`)).body).toMatchObject({ error: { name: "Stopped" } });
    held.release();
    expectNothingLeft(workflow);
  });

  test("an export that is not there is told so", async () => {
    expectProblem(await scene.get("/exports/none"), 404, "ExportNotFound");
    expectProblem(await scene.request("DELETE", "/exports/no%20such%3Athing"), 404, "ExportNotFound");
  });

  test("a page of no list is not there", async () => {
    expectProblem(await scene.get("/exports?pageToken=none"), 404);
  });
});

describe("what is wrong with a request", () => {
  let scene: ApiScene;
  beforeEach(async () => {
    scene = await ApiScene.open("in AWS Step Functions");
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  test.each([
    { what: "a field is missing", body: { vcenter: "lab" }, names: "libraryItemId" },
    { what: "a field is of no export", body: { ...ubuntu, host: "vcenter.example.com" }, names: "host" },
    { what: "a field has no such value", body: { ...ubuntu, overwrite: "maybe" }, names: "overwrite" },
    { what: "it is no object", body: [], names: "expected object" },
    { what: "it is no JSON", body: "{", names: "not JSON" },
  ])("is named when $what", async ({ body, names }) => {
    const answer = await scene.post(body);
    expectProblem(answer, 400, "InvalidInput");
    expect(answer.body.detail).toContain(names);
    expect(scene.deployment.stepFunctions.requests).toEqual([]);
  });

  test.each([
    "limit=0",
    "limit=101",
    "limit=many",
    "state=DONE",
    "states=RUNNING",
    "limit=1&limit=2",
  ])("is named in a query such as ?%s", async (query) => {
    const answer = await scene.get(`/exports?${query}`);
    expectProblem(answer, 400, "InvalidInput");
    expect(answer.body.detail).toMatch(/^query: .*(limit|state)/);
  });

  test("is told by HTTP's own means where HTTP has them", async () => {
    const put = await scene.request("PUT", "/exports");
    expectProblem(put, 405);
    expect(put.headers.get("allow")).toBe("GET, POST");
    const post = await scene.request("POST", "/exports/one");
    expectProblem(post, 405);
    expect(post.headers.get("allow")).toBe("GET, DELETE");
    expectProblem(await scene.get("/"), 404);
    expectProblem(await scene.get("/exports/"), 404);
    expectProblem(await scene.post(ubuntu, { "content-type": "text/plain" }), 415);
    expectProblem(await scene.post({ ...ubuntu, include: ["x".repeat(100_000)] }), 413);
    expectProblem(await scene.post(ubuntu, { "Idempotency-Key": "" }), 400, "InvalidInput");
  });

  test("is told of a name, and of a page, that are longer than Step Functions takes", async () => {
    const long = "a".repeat(2000);
    expectProblem(await scene.get(`/exports/${long}`), 404, "ExportNotFound");
    expectProblem(await scene.get(`/syncs/${long}`), 404, "SyncNotFound");
    expectProblem(await scene.get(`/exports?pageToken=${long}`), 404);
  });

  test("is told when the path cannot be decoded", async () => {
    expectProblem(await scene.get("/exports/%E0%A4"), 404);
  });
});

describe("what is wrong behind the API", () => {
  test.each([
    { fails: "ThrottlingException", status: 400, becomes: 503, name: "DeploymentUnavailable" },
    { fails: "ServiceUnavailable", status: 503, becomes: 503, name: "DeploymentUnavailable" },
    { fails: "AccessDeniedException", status: 400, becomes: 500, name: "DeploymentDenied" },
    { fails: "StateMachineDoesNotExist", status: 400, becomes: 500, name: "DeploymentNotFound" },
    { fails: "ValidationException", status: 400, becomes: 500, name: "InternalError" },
  ])("is $becomes for $fails, and its words stay in the log", async ({ fails, status, becomes, name }) => {
    await using scene = await ApiScene.open("in AWS Step Functions");
    scene.deployment.stepFunctions.fails = { name: fails, status };
    const answer = await scene.post(ubuntu);
    expectProblem(answer, becomes, name);
    expect(answer.headers.get("retry-after")).toBe(becomes === 503 ? "10" : null);
    if (becomes === 500) {
      expect(JSON.stringify(answer.body)).not.toContain("arn:");
      expect(scene.warnings.join()).toContain(fails);
    }
  });

  test.each([
    { method: "GET", path: "/exports" },
    { method: "GET", path: "/exports/nightly-1" },
    { method: "DELETE", path: "/syncs/nightly-1" },
  ])("is 503 for $method $path as well", async ({ method, path }) => {
    await using scene = await ApiScene.open("in AWS Step Functions");
    scene.deployment.stepFunctions.fails = { name: "ThrottlingException", status: 400 };
    expectProblem(await scene.request(method, path), 503, "DeploymentUnavailable");
  });

  test("is 503 in the middle of a history, and of a stop", async () => {
    await using scene = await ApiScene.open("in AWS Step Functions");
    const { stepFunctions, workflow } = scene.deployment;
    const held = holdParts(workflow);
    const { body } = await scene.post(ubuntu);
    await held.asked;
    stepFunctions.fails = {
      name: "ThrottlingException",
      status: 400,
      on: ["GetExecutionHistory", "StopExecution"],
    };
    expectProblem(await scene.get(`/exports/${body.id}`), 503, "DeploymentUnavailable");
    expectProblem(await scene.request("DELETE", `/exports/${body.id}`), 503, "DeploymentUnavailable");
    held.release();
  });

  test("is 500 when the run records may not be read", async () => {
    await using scene = await ApiScene.open("in this process");
    const { workflow } = scene.deployment;
    const held = holdParts(workflow);
    const { body } = await scene.post(ubuntu);
    await held.asked;
    workflow.s3.faults.push({ operation: "ListObjectsV2", status: 403 });
    expectProblem(await scene.get(`/exports/${body.id}`), 500, "DestinationDenied");
    held.release();
  });
});

test("a client that goes away in the middle of its body does no harm", async () => {
  await using scene = await ApiScene.open("in this process");
  const { url } = scene;
  const cut = request(`${url}/exports`, { method: "POST", headers: { "content-length": 1000 } });
  const gone = new Promise((resolve) => cut.on("error", resolve));
  cut.write("{");
  cut.flushHeaders();
  cut.destroy();
  await gone;
  expect((await scene.get("/exports")).status).toBe(200);
});

function expectProblem({ status, headers, body }: Answer, expected: number, name?: string): void {
  expect({ status, name: body.name }).toEqual({ status: expected, name });
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({ type: "about:blank", status: expected, detail: expect.any(String) });
}
