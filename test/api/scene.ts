import { createApi } from "../../functions/api/api.ts";
import { type ApiServer, serveApi } from "../../local/apiServer.ts";
import { type Deployment, openDeployment, type PLACES } from "../executions/deployments.ts";
import type { WorkflowSetup } from "../workflow/harness.ts";

export interface Answer {
  status: number;
  headers: Headers;
  // Whatever JSON the API answers: the tests say what it has to be.
  body: Record<string, unknown>;
}

/** The API over HTTP, in front of executions in one of the places. */
export class ApiScene implements AsyncDisposable {
  readonly deployment: Deployment;
  readonly warnings: string[];
  readonly #server: ApiServer;

  private constructor(deployment: Deployment, server: ApiServer, warnings: string[]) {
    this.deployment = deployment;
    this.#server = server;
    this.warnings = warnings;
  }

  static async open(place: (typeof PLACES)[number], setup: WorkflowSetup = {}): Promise<ApiScene> {
    const deployment = await openDeployment(place, setup);
    const { executions, syncs, workflow } = deployment;
    const warnings: string[] = [];
    const api = createApi({
      executions,
      syncs,
      s3: workflow.s3Client,
      log: { info() {}, warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`) },
    });
    return new ApiScene(deployment, await serveApi(api), warnings);
  }

  get url(): string {
    return this.#server.url;
  }

  async request(method: string, path: string, init: Omit<RequestInit, "method"> = {}): Promise<Answer> {
    const answer = await fetch(`${this.#server.url}${path}`, { method, ...init });
    return { status: answer.status, headers: answer.headers, body: Object(await answer.json()) };
  }

  post(body: unknown, headers: Record<string, string> = {}, path = "/exports"): Promise<Answer> {
    const json = { "content-type": "application/json", ...headers };
    return this.request("POST", path, {
      headers: json,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  get(path: string): Promise<Answer> {
    return this.request("GET", path);
  }

  /** Starts an export of `input`, and waits for its end. */
  async finished(input: unknown): Promise<string> {
    const { body } = await this.post(input);
    const id = String(body.id);
    await this.deployment.engine.ended(id);
    return id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.deployment[Symbol.asyncDispose]();
  }
}
