import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type S3Simulator, startS3 } from "../../simulators/s3/index.ts";
import { type LibrarySource, startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import { type Outcome, type RunningCommand, startCommand } from "./command.ts";

export const BUCKET = "my-archive";
export const DESTINATION = `s3://${BUCKET}/exports`;

/** A vCenter and an S3 to run the command against. Closing it removes everything. */
export class Scene implements AsyncDisposable {
  readonly vcenter: VcenterSimulator;
  readonly s3: S3Simulator;
  readonly folder: string;

  private constructor(vcenter: VcenterSimulator, s3: S3Simulator, folder: string) {
    this.vcenter = vcenter;
    this.s3 = s3;
    this.folder = folder;
  }

  static async open(libraries: LibrarySource[]): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "cli-"));
    const s3 = await startS3({ directory: join(folder, "s3"), buckets: [BUCKET] });
    return new Scene(await startVcenter({ libraries }), s3, folder);
  }

  /** What the environment holds: govc's names for vCenter, the AWS variables for S3. */
  get environment(): Record<string, string> {
    const { url, username, password } = this.vcenter;
    const { accessKeyId, secretAccessKey } = this.s3.credentials;
    return {
      GOVC_URL: `${url}/sdk`,
      GOVC_USERNAME: username,
      LIBRARY_EXPORT_PASSWORD: password,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  }

  start(words: string[], environment: Record<string, string> = {}): RunningCommand {
    return startCommand(words, { ...this.environment, ...environment });
  }

  /** Runs `run` with the options that every export here needs. */
  startExport(words: string[], environment: Record<string, string> = {}): RunningCommand {
    const trust = ["--thumbprint", this.vcenter.thumbprintSha256];
    return this.start(["run", ...words, ...trust, "--s3-endpoint", this.s3.url], environment);
  }

  runExport(words: string[], environment: Record<string, string> = {}): Promise<Outcome> {
    return this.startExport(words, environment).outcome;
  }

  async object(key: string): Promise<Buffer> {
    return readFile(join(this.folder, "s3", BUCKET, key));
  }

  /** What an export must never leave: open uploads, staging objects, run records, download sessions, log-ins. */
  leftovers(): unknown[] {
    const internal = this.s3.objects(BUCKET).filter((key) => key.includes(".library-export/"));
    const { vcenter } = this;
    return [
      ...this.s3.openUploads(),
      ...internal,
      ...vcenter.openDownloadSessions(),
      ...vcenter.openLogins(),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vcenter.close();
    await this.s3.close();
    await rm(this.folder, { recursive: true });
  }
}
