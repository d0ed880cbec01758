import { Agent, request } from "undici";
import type { VcenterSimulator } from "../../simulators/vcenter/index.ts";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  text: string;
  /** The body as JSON. */
  json: unknown;
}

/** Speaks to the simulator in plain HTTP, so that what goes over the wire is what a test asserts. */
export class RawClient implements AsyncDisposable {
  readonly #simulator: VcenterSimulator;
  readonly #agent: Agent;
  #token: string | undefined;

  constructor(simulator: VcenterSimulator) {
    this.#simulator = simulator;
    this.#agent = new Agent({ connect: { ca: simulator.certificate } });
  }

  /** `body`: a string goes as it is, anything else as JSON. `path` may be a whole URL. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await request(new URL(path, this.#simulator.url), {
      method,
      dispatcher: this.#agent,
      body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(this.#token && { "vmware-api-session-id": this.#token }),
        ...headers,
      },
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const text = bytes.toString("utf8");
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes,
      text,
      get json(): unknown {
        return JSON.parse(text);
      },
    };
  }

  /** A download whose body is read by the caller. */
  async stream(uri: string): Promise<AsyncIterable<Buffer>> {
    return (await request(uri, { dispatcher: this.#agent })).body;
  }

  /** Logs in by `/api` unless told otherwise, and keeps the token for what follows. */
  async logIn(path = "/api/session", credentials?: { username: string; password: string }): Promise<Answer> {
    const { username, password } = credentials ?? this.#simulator;
    const basic = Buffer.from(`${username}:${password}`).toString("base64");
    const answer = await this.send("POST", path, undefined, { authorization: `Basic ${basic}` });
    this.#token = answer.status < 300 ? (/[0-9a-f]{32}/.exec(answer.text)?.[0] ?? "") : undefined;
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
