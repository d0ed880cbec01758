import { type Behaviour, startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import type { FileSource, MadeBytes } from "../../simulators/vcenter/options.ts";
import { type Answer, RawClient } from "./rawClient.ts";

const SESSIONS = "/api/content/library/item/download-session";

/** A file in a session's answer, as far as tests look at it. */
export interface SessionFile {
  status: string;
  size?: number;
  bytes_transferred: number;
  checksum_info?: { algorithm?: string; checksum: string };
  download_endpoint?: { uri: string; ssl_certificate_thumbprint?: string; ssl_certificate?: string };
  error_message?: { default_message: string };
}

/** One simulator with one item and a client that is logged in: what most tests start from. */
export class Bench implements AsyncDisposable {
  readonly simulator: VcenterSimulator;
  readonly client: RawClient;

  private constructor(simulator: VcenterSimulator) {
    this.simulator = simulator;
    this.client = new RawClient(simulator);
  }

  /** `files`: names with their content. */
  static async start(
    files: Record<string, Buffer | MadeBytes>,
    behaviour: Partial<Behaviour> = {},
    now?: () => number,
    cached = true,
  ): Promise<Bench> {
    const sources: FileSource[] = Object.entries(files).map(([name, content]) => ({ name, content }));
    const items = [{ name: "item", type: "other", cached, files: sources }];
    const bench = new Bench(await startVcenter({ libraries: [{ name: "library", items }], behaviour, now }));
    await bench.client.logIn();
    return bench;
  }

  /** Returns the session's id. */
  async open(clientToken?: string): Promise<string> {
    const query = clientToken === undefined ? "" : `?client_token=${clientToken}`;
    const body = { library_item_id: this.simulator.itemId("item") };
    // The create operation answers a bare string.
    return (await this.client.send("POST", `${SESSIONS}${query}`, body)).json as string;
  }

  session(id: string, action?: string, body?: unknown): Promise<Answer> {
    const path = `${SESSIONS}/${id}`;
    return action === undefined
      ? this.client.send("GET", path)
      : this.client.send("POST", `${path}?action=${action}`, body);
  }

  async prepare(id: string, name: string, endpointType?: string): Promise<SessionFile> {
    const body = { file_name: name, endpoint_type: endpointType };
    // The shape is what other tests assert; here it is only walked through.
    return (await this.client.send("POST", `${SESSIONS}/${id}/file?action=prepare`, body))
      .json as SessionFile;
  }

  async file(id: string, name: string): Promise<SessionFile> {
    // As above.
    const query = `file_name=${encodeURIComponent(name)}`;
    return (await this.client.send("GET", `${SESSIONS}/${id}/file?${query}`)).json as SessionFile;
  }

  /** The download URI of a file that is prepared at once. */
  async uri(id: string, name: string): Promise<string> {
    return (await this.prepare(id, name)).download_endpoint?.uri ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.simulator.close();
  }
}
