import { describe, expect, test, vi } from "vitest";
import { openApi } from "../../../docs/pages/openapi.ts";
import { problemSchema } from "../../../functions/api/schemas.ts";
import { expectDifferences } from "../../differences.ts";
import { schemathesis } from "../schemathesis/schemathesis.ts";
import type { Deployment } from "./deployment.ts";
import { GATEWAY_DIFFERENCES } from "./differences.ts";
import { type Answer, type AskOptions, type Gateway, gatewayOf } from "./gateway.ts";

/** What the HTTP API does where it is deployed: behind API Gateway, in a function, before Step Functions. */
export function describeThroughGateway(deployed: () => Deployment): void {
  describe("the HTTP API through API Gateway", () => {
    expectDifferences(GATEWAY_DIFFERENCES);

    const gateway = (): Gateway => gatewayOf(deployed().aws, deployed().outputs.ApiUrl ?? "");
    const ask = (method: string, path: string, options?: AskOptions) => gateway().ask(method, path, options);
    const input = { vcenter: "lab", library: "Golden images", item: "ubuntu" };
    const post = (body: unknown, headers?: Record<string, string>) =>
      ask("POST", "/exports", { body, ...(headers && { headers }) });

    /** An answer that is RFC 9457's in its media type, its members and its status. */
    const problemOf = ({ status, headers, body }: Answer) => {
      const problem = problemSchema.parse(body);
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(problem.status).toBe(status);
      return problem;
    };

    /** Follows the export that an answer names to its end. */
    const ended = (location: string) =>
      vi.waitUntil(
        async () => {
          const { body } = await ask("GET", location);
          return body.state !== "RUNNING" && body;
        },
        { timeout: 90_000, interval: 1000 },
      );

    let first = "";

    test("POST starts an export, and where Location leads shows its files once they are in the bucket", async () => {
      const { status, headers, body } = await post({ ...input, destination: { prefix: "api/" } });
      expect({ status, body }).toMatchObject({ status: 201, body: { state: "RUNNING", endedAt: null } });
      first = String(body.id);
      expect(first).toMatch(/^Golden-images_ubuntu_[0-9a-f]{12}$/);
      expect(headers.location).toBe(`/prod/exports/${first}`);
      const key = "api/Golden images/ubuntu/disk-0.vmdk";
      expect(await ended(String(headers.location))).toMatchObject({
        id: first,
        state: "SUCCEEDED",
        item: { vcenter: "lab", item: "ubuntu" },
        files: [{ name: "disk-0.vmdk", status: "EXPORTED", key }, { status: "EXPORTED" }],
        error: null,
      });
      const { body: object } = await deployed().object(key);
      expect(object).toHaveLength(6 * 1024 * 1024);
    });

    test("GET lists exports in pages", async () => {
      const { status, body } = await ask("GET", "/exports?state=SUCCEEDED&limit=1");
      expect({ status, body }).toMatchObject({ status: 200, body: { exports: [{ id: first }] } });
      const next = await ask("GET", `/exports?state=SUCCEEDED&limit=1&pageToken=${body.nextPageToken}`);
      expect(next).toMatchObject({ status: 200, body: { exports: [{ state: "SUCCEEDED" }] } });
      expect(next.body.exports).not.toEqual(body.exports);
    });

    test("the same Idempotency-Key leads to the same export, and with another body to 409", async () => {
      const headers = { "idempotency-key": "through-the-gateway" };
      const dryRun = { ...input, dryRun: true };
      const { body } = await post(dryRun, headers);
      await ended(`/exports/${body.id}`);
      expect(await post(dryRun, headers)).toMatchObject({ status: 201, body: { id: body.id } });
      expect(problemOf(await post(input, headers))).toMatchObject({
        status: 409,
        name: "IdempotencyKeyReused",
      });
    });

    test("DELETE stops an export, and what it had opened is removed", async () => {
      // GIVEN an export that waits for vCenter
      const before = await deployed().leftBehind();
      const { behaviour, openDownloadSessions } = deployed().vcenter;
      behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
      const { body } = await post({ ...input, destination: { prefix: "deleted/" } });
      await vi.waitUntil(() => openDownloadSessions().length > 0, { timeout: 60_000 });
      // WHEN
      const stopped = await ask("DELETE", `/exports/${body.id}`);
      // THEN
      expect(stopped).toMatchObject({ status: 202, body: { id: body.id, state: "ABORTED" } });
      await expect.poll(deployed().leftBehind, { timeout: 60_000, interval: 500 }).toEqual(before);
    });

    test.each<[string, unknown, Record<string, string>, object]>([
      ["is not JSON", "{", {}, { status: 400, name: "InvalidInput" }],
      ["has a field that there is not", { ...input, libary: "x" }, {}, { status: 400, name: "InvalidInput" }],
      ["is of another media type", "vcenter=lab", { "content-type": "text/plain" }, { status: 415 }],
    ])("a body that %s is a problem, and starts nothing", async (_what, body, headers, problem) => {
      const newest = await ask("GET", "/exports?limit=1");
      expect(problemOf(await post(body, headers))).toMatchObject(problem);
      expect((await ask("GET", "/exports?limit=1")).body.exports).toEqual(newest.body.exports);
    });

    test("an export that there is not is a problem", async () => {
      const answer = await ask("GET", "/exports/none");
      expect(problemOf(answer)).toMatchObject({ status: 404, name: "ExportNotFound" });
    });

    test.each([
      ["without a signature", "/exports", { Authorization: "" }],
      ["for a path that there is not", "/imports", {}],
    ])("a request %s is refused by API Gateway itself, by a problem as the function's own", async (_what, path, headers) => {
      const problem = problemOf(await ask("GET", path, { headers }));
      expect(problem).toMatchObject({ status: 403, detail: "Missing Authentication Token" });
    });

    test("a request whose signature is wrong is refused", async () => {
      expect((await ask("GET", "/exports")).status).toBe(403);
    });

    test("it does what its description says, whatever is asked of it", async () => {
      const { url, headers } = gateway();
      const { exitCode, output } = await schemathesis(openApi("0"), url, {
        headers,
        // Every input that is valid makes an execution.
        maxExamples: 10,
        // Below the limit of the stage.
        requestsPerSecond: 8,
        // The first wants 401 where API Gateway says 403; the second is the difference above.
        excludeChecks: ["missing_required_header", "ignored_auth"],
      });
      expect(exitCode, output).toBe(0);
      expect(output).toMatch(/Tested: 8$/m);
      expect(output).toMatch(/\d{3,} generated, \d{2,} passed/);
    }, 300_000);

    test("more requests than the stage takes are told to come later", async () => {
      // GIVEN a limit that is met however slow this machine is
      await gateway().limitRequests({ aSecond: 0.1, atOnce: 1 });
      // WHEN
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask("GET", "/exports?limit=1")));
      // THEN
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(0);
      for (const answer of refused) expect(problemOf(answer)).toMatchObject({ status: 429 });
    });
  });
}
