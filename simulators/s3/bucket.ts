import { randomBytes, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { S3Error } from "./errors.ts";
import { Mutex } from "./mutex.ts";
import { compareKeys } from "./paging.ts";
import { type ObjectRecord, type ObjectVersion, RecordFiles } from "./record.ts";
import { claimVisiblePath, isCode, pruneFolders } from "./visible-path.ts";

export interface BucketOptions {
  /** The simulator's directory; the bucket's objects are in `<directory>/<name>`. */
  directory: string;
  name: string;
  versioned: boolean;
  /** Default retention of Object Lock. */
  retention: DefaultRetention | undefined;
  now: () => number;
}

export interface DefaultRetention {
  mode: "GOVERNANCE" | "COMPLIANCE";
  days: number;
}

export type NewVersion = Omit<
  ObjectVersion,
  "versionId" | "deleteMarker" | "lastModified" | "retention" | "file"
>;

/** Judges the object that a write would replace, by throwing. */
export type Check = (current: ObjectVersion | undefined) => void;

/**
 * The objects of one bucket. The newest version of a key is a plain file under the key's name, put there by one
 * rename; older versions, records and everything unfinished are in `<directory>/.s3/<bucket>`.
 */
export class Bucket {
  readonly name: string;
  readonly versioned: boolean;
  readonly retention: DefaultRetention | undefined;
  readonly #directory: string;
  readonly #root: string;
  readonly #hidden: string;
  readonly #now: () => number;
  readonly #files: RecordFiles;
  readonly #records = new Map<string, ObjectRecord>();
  readonly #mutex = new Mutex();

  constructor(options: BucketOptions) {
    this.name = options.name;
    this.versioned = options.versioned;
    this.retention = options.retention;
    this.#directory = options.directory;
    this.#root = join(options.directory, options.name);
    this.#hidden = join(options.directory, ".s3", options.name);
    this.#now = options.now;
    this.#files = new RecordFiles(join(this.#hidden, "records"));
  }

  async load(): Promise<void> {
    await rm(join(this.#hidden, "unfinished"), { recursive: true, force: true });
    for (const folder of ["unfinished", "bytes"])
      await mkdir(join(this.#hidden, folder), { recursive: true });
    await mkdir(this.#root, { recursive: true });
    for (const record of await this.#files.load()) this.#records.set(record.key, record);
  }

  /** A path for bytes that are not an object yet; nothing is made there. */
  temporaryPath(): string {
    return join(this.#hidden, "unfinished", randomUUID());
  }

  /** Keys whose newest version is no delete marker, in the order of their UTF-8 bytes. */
  keys(): string[] {
    const live = [...this.#records.values()].filter(({ versions }) => versions[0]?.deleteMarker === false);
    return live.map(({ key }) => key).sort(compareKeys);
  }

  /**
   * The version that a request means, which may be a delete marker; undefined when there is none, also when a
   * person has removed or replaced its file in the folder.
   */
  find(key: string, versionId?: string): Promise<ObjectVersion | undefined> {
    return this.#mutex.run(() => this.#find(key, versionId));
  }

  /** Opens the bytes of a version, which stay readable when it is replaced meanwhile. @throws S3Error NoSuchKey */
  open(key: string, version: ObjectVersion): Promise<FileHandle> {
    return this.#mutex.run(async () => {
      // Its file may have moved since it was found.
      const now = await this.#find(key, version.versionId ?? undefined);
      if (!now || now.deleteMarker || now.etag !== version.etag) throw new S3Error("NoSuchKey");
      return open(this.#pathOf(now), "r");
    });
  }

  /**
   * Makes a finished file the newest version of the key. `check` judges the version that it replaces, at the
   * one moment when nothing can come in between; when it throws, no object has changed, and the file is removed.
   */
  async publish(key: string, file: string, content: NewVersion, check: Check): Promise<ObjectVersion> {
    try {
      return await this.#mutex.run(() => this.#publish(key, file, content, check));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  async #publish(key: string, file: string, content: NewVersion, check: Check): Promise<ObjectVersion> {
    await this.#judge(key, check);
    const before = this.#versions(key);
    const older = this.versioned ? await this.#setAside(before) : [];
    const path = await this.#place(key, file);
    const version: ObjectVersion = {
      ...content,
      versionId: this.#newVersionId(),
      deleteMarker: false,
      lastModified: this.#now(),
      retention: this.#newRetention(),
      file: relative(this.#directory, path),
    };
    if (!this.versioned) {
      for (const replaced of before) if (replaced.file !== version.file) await this.#removeFile(replaced);
    }
    await this.#save({ key, versions: [version, ...older] });
    return version;
  }

  /** Adds a delete marker in a versioned bucket, and returns it; removes the object in another. */
  delete(key: string, check: Check): Promise<ObjectVersion | undefined> {
    return this.#mutex.run(async () => {
      await this.#judge(key, check);
      const before = this.#versions(key);
      if (!this.versioned) {
        for (const version of before) await this.#removeFile(version);
        await this.#save({ key, versions: [] });
        return undefined;
      }
      const older = await this.#setAside(before);
      await pruneFolders(this.#root, join(this.#root, key));
      const marker = this.#newDeleteMarker();
      await this.#save({ key, versions: [marker, ...older] });
      return marker;
    });
  }

  /**
   * Removes one version for good, and returns it; the one before it becomes the newest.
   * @throws S3Error AccessDenied while it is locked
   */
  deleteVersion(key: string, versionId: string): Promise<ObjectVersion | undefined> {
    return this.#mutex.run(async () => {
      const versions = this.#versions(key);
      const version = versions.find((one) => idOf(one) === versionId);
      if (!version) return undefined;
      if (version.retention && version.retention.until > this.#now()) {
        throw new S3Error("AccessDenied", "Access Denied because object protected by object lock.");
      }
      await this.#removeFile(version);
      const left = versions.filter((one) => one !== version);
      const [next, ...older] = left;
      if (next && version === versions[0] && !next.deleteMarker) {
        const path = await this.#place(key, this.#pathOf(next));
        await this.#save({ key, versions: [{ ...next, file: relative(this.#directory, path) }, ...older] });
      } else {
        await this.#save({ key, versions: left });
      }
      return version;
    });
  }

  async #find(key: string, versionId?: string): Promise<ObjectVersion | undefined> {
    const versions = this.#versions(key);
    const version = versionId === undefined ? versions[0] : versions.find((one) => idOf(one) === versionId);
    if (!version || version.deleteMarker) return version;
    try {
      const { size } = await stat(this.#pathOf(version));
      return size === version.size ? version : undefined;
    } catch (error) {
      if (isCode(error, ["ENOENT", "ENOTDIR"])) return undefined;
      throw error;
    }
  }

  async #judge(key: string, check: Check): Promise<void> {
    const current = await this.#find(key);
    check(current?.deleteMarker ? undefined : current);
  }

  /** Moves the newest version's bytes out of sight, to make room for what comes. */
  async #setAside(versions: ObjectVersion[]): Promise<ObjectVersion[]> {
    const [newest, ...older] = versions;
    if (!newest || newest.deleteMarker) return versions;
    const path = this.#hiddenPath();
    await rename(this.#pathOf(newest), path);
    return [{ ...newest, file: relative(this.#directory, path) }, ...older];
  }

  /** Moves a file to where a person would look for the key, or out of sight when that is not possible. */
  async #place(key: string, file: string): Promise<string> {
    const [newest] = this.#versions(key);
    const visible = join(this.#root, key);
    let path: string | undefined;
    if (newest && this.#pathOf(newest) === visible) {
      await mkdir(dirname(visible), { recursive: true });
      path = visible;
    } else {
      path = await claimVisiblePath(this.#root, key);
    }
    path ??= this.#hiddenPath();
    await rename(file, path);
    return path;
  }

  async #removeFile(version: ObjectVersion): Promise<void> {
    if (version.deleteMarker) return;
    await rm(this.#pathOf(version), { force: true });
    await pruneFolders(this.#root, this.#pathOf(version));
  }

  async #save(record: ObjectRecord): Promise<void> {
    await this.#files.save(record);
    if (record.versions.length > 0) this.#records.set(record.key, record);
    else this.#records.delete(record.key);
  }

  #versions(key: string): ObjectVersion[] {
    return this.#records.get(key)?.versions ?? [];
  }

  #pathOf(version: ObjectVersion): string {
    return join(this.#directory, version.file);
  }

  #hiddenPath(): string {
    return join(this.#hidden, "bytes", randomUUID());
  }

  #newVersionId(): string | null {
    return this.versioned ? randomBytes(16).toString("hex") : null;
  }

  #newRetention(): ObjectVersion["retention"] {
    if (!this.retention) return undefined;
    return { mode: this.retention.mode, until: this.#now() + this.retention.days * MILLISECONDS_PER_DAY };
  }

  #newDeleteMarker(): ObjectVersion {
    return {
      versionId: this.#newVersionId(),
      deleteMarker: true,
      etag: "",
      size: 0,
      lastModified: this.#now(),
      attributes: { contentHeaders: {}, metadata: {}, storageClass: "STANDARD", encryption: {}, tags: [] },
      file: "",
    };
  }
}

const MILLISECONDS_PER_DAY = 24 * 60 * 60 * 1000;

/** In a bucket without versioning the one version is called `null`. */
function idOf(version: ObjectVersion): string {
  return version.versionId ?? "null";
}
