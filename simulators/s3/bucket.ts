import { randomBytes } from "node:crypto";
import { type FileHandle, rm } from "node:fs/promises";
import { join } from "node:path";
import { S3Error } from "./errors.ts";
import { Mutex } from "./mutex.ts";
import { ObjectFiles } from "./objectFiles.ts";
import { compareKeys } from "./paging.ts";
import { type ObjectRecord, type ObjectVersion, RecordFiles } from "./record.ts";

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
  readonly #now: () => number;
  readonly #files: ObjectFiles;
  readonly #recordFiles: RecordFiles;
  readonly #records = new Map<string, ObjectRecord>();
  readonly #mutex = new Mutex();

  constructor({ directory, name, versioned, retention, now }: BucketOptions) {
    this.name = name;
    this.versioned = versioned;
    this.retention = retention;
    this.#now = now;
    const hidden = join(directory, ".s3", name);
    this.#files = new ObjectFiles(directory, name, hidden);
    this.#recordFiles = new RecordFiles(join(hidden, "records"));
  }

  /** Finds what is in the folder already. */
  async load(): Promise<void> {
    await this.#files.prepare();
    for (const record of await this.#recordFiles.load()) this.#records.set(record.key, record);
  }

  /** A path for bytes that are not an object yet; nothing is made there. */
  temporaryPath(): string {
    return this.#files.temporaryPath();
  }

  /** Keys whose newest version is no delete marker, in the order of their UTF-8 bytes. */
  keys(): string[] {
    const live = [...this.#records.values()].filter(({ versions }) => versions[0]?.deleteMarker === false);
    return live.map(({ key }) => key).sort(compareKeys);
  }

  /** Everything that is kept of every key, in the order of their UTF-8 bytes. */
  allVersions(): ObjectRecord[] {
    return [...this.#records.values()].sort((a, b) => compareKeys(a.key, b.key));
  }

  /**
   * The version that a request means, which may be a delete marker; undefined when there is none, also when a
   * person has removed or replaced its file in the folder.
   */
  find(key: string, versionId?: string): Promise<ObjectVersion | undefined> {
    return this.#mutex.run(() => this.#find(key, versionId));
  }

  /**
   * Opens the bytes of a version, which stay readable when it is replaced meanwhile. Undefined when it has been
   * replaced since it was found, and nothing keeps it.
   * @throws S3Error NoSuchKey
   */
  open(key: string, version: ObjectVersion): Promise<FileHandle | undefined> {
    return this.#mutex.run(async () => {
      // Its file may have moved since it was found.
      const now = await this.#find(key, version.versionId ?? undefined);
      if (!now || now.deleteMarker) throw new S3Error("NoSuchKey");
      return now.etag === version.etag ? this.#files.open(now) : undefined;
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
    const version: ObjectVersion = {
      ...content,
      versionId: this.#newVersionId(),
      deleteMarker: false,
      lastModified: this.#now(),
      retention: this.#newRetention(),
      file: await this.#files.place(key, file, before[0]),
    };
    if (!this.versioned) {
      for (const replaced of before) if (replaced.file !== version.file) await this.#files.remove(replaced);
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
        for (const version of before) await this.#files.remove(version);
        await this.#save({ key, versions: [] });
        return undefined;
      }
      const older = await this.#setAside(before);
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
      await this.#files.remove(version);
      const left = versions.filter((one) => one !== version);
      const [next, ...older] = left;
      if (next && version === versions[0] && !next.deleteMarker) {
        const file = await this.#files.bringBack(key, next, version);
        await this.#save({ key, versions: [{ ...next, file }, ...older] });
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
    return (await this.#files.has(version)) ? version : undefined;
  }

  async #judge(key: string, check: Check): Promise<void> {
    const current = await this.#find(key);
    check(current?.deleteMarker ? undefined : current);
  }

  /** Moves the newest version's bytes out of sight, to make room for what comes. */
  async #setAside(versions: ObjectVersion[]): Promise<ObjectVersion[]> {
    const [newest, ...older] = versions;
    if (!newest || newest.deleteMarker) return versions;
    const file = await this.#files.hide(newest);
    return file === undefined ? older : [{ ...newest, file }, ...older];
  }

  async #save(record: ObjectRecord): Promise<void> {
    await this.#recordFiles.save(record);
    if (record.versions.length > 0) this.#records.set(record.key, record);
    else this.#records.delete(record.key);
  }

  #versions(key: string): ObjectVersion[] {
    return this.#records.get(key)?.versions ?? [];
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
