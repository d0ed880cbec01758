import { type Behaviour, startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import type { FileSource, MadeBytes } from "../../simulators/vcenter/options.ts";
import { type Answer, RawClient } from "./vcenterRawClient.ts";

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
export class VcenterFixture implements AsyncDisposable {
  readonly simulator: VcenterSimulator;
  readonly client: RawClient;

  readonly #item: string;

  private constructor(simulator: VcenterSimulator, item: string) {
    this.simulator = simulator;
    this.#item = item;
    this.client = new RawClient(simulator);
  }

  /** `files`: names with their content. */
  static async start(
    files: Record<string, Buffer | MadeBytes>,
    behaviour: Partial<Behaviour> = {},
    now?: () => number,
    cached = true,
  ): Promise<VcenterFixture> {
    const sources: FileSource[] = Object.entries(files).map(([name, content]) => ({ name, content }));
    const items = [{ name: "item", type: "other", cached, files: sources }];
    return VcenterFixture.of(await startVcenter({ libraries: [{ name: "library", items }], behaviour, now }));
  }

  /** With a simulator of the test's own; sessions are for the item of that name. */
  static async of(simulator: VcenterSimulator, item = "item"): Promise<VcenterFixture> {
    const fixture = new VcenterFixture(simulator, item);
    await fixture.client.logIn();
    return fixture;
  }

  /** Returns the session's id. */
  async open(clientToken?: string): Promise<string> {
    const query = clientToken === undefined ? "" : `?client_token=${clientToken}`;
    const body = { library_item_id: this.simulator.itemId(this.#item) };
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
    // As in prepare.
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
