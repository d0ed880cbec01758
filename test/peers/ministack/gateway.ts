import { randomBytes } from "node:crypto";
import { request } from "undici";
import { type Ministack, REGION } from "./ministack.ts";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // Whatever JSON is answered: the tests say what it has to be.
  body: Record<string, unknown>;
}

export interface AskOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** The deployed HTTP API, through the emulated API Gateway. */
export interface Gateway {
  /** With the stage, and without a slash at its end. */
  url: string;
  /** What every request needs: the API's name as the host, and a signature. */
  headers: { Host: string; Authorization: string };
  /** @param path of the API, or a whole one with the stage, as Location has it */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Changes the limit of the stage, as an operator may. */
  limitRequests(limit: { aSecond: number; atOnce: number }): Promise<void>;
}

/**
 * @param apiUrl the stack's output: `https://<id>.execute-api.<region>.amazonaws.com/<stage>/`
 */
export function gatewayOf({ url, credentials }: Ministack, apiUrl: string): Gateway {
  const { host: awsHost, pathname } = new URL(apiUrl);
  const [id = ""] = awsHost.split(".");
  const stage = pathname.replace(/\/$/, "");
  const headers = {
    Host: `${id}.execute-api.127.0.0.1:${new URL(url).port}`,
    // It looks whether there is a signature, and not whether it is right.
    Authorization:
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${REGION}/execute-api/aws4_request, ` +
      `SignedHeaders=host, Signature=${randomBytes(32).toString("hex")}`,
  };
  return {
    url: `${url}${stage}`,
    headers,
    async ask(method, path, { body, headers: more } = {}) {
      const at = path.startsWith(`${stage}/`) ? path : `${stage}${path}`;
      const answer = await request(`${url}${at}`, {
        method,
        headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }), ...more },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: Object(await answer.body.json()) };
    },
    async limitRequests({ aSecond, atOnce }) {
      const limits = { rateLimit: aSecond, burstLimit: atOnce };
      const patchOperations = Object.entries(limits).map(([name, value]) => ({
        op: "replace",
        path: `/*/*/throttling/${name}`,
        value: String(value),
      }));
      const { statusCode, body } = await request(`${url}/restapis/${id}/stages${stage}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ patchOperations }),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`UpdateStage: ${statusCode} ${text}`);
    },
  };
}
