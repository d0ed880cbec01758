import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Assembly, PartPlace } from "./assembly.ts";
import type { ObjectAttributes } from "./attributes.ts";
import type { Algorithm, ChecksumType } from "./checksums.ts";
import type { Reply } from "./context.ts";
import { S3Error } from "./errors.ts";

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  id: string;
  bucket: string;
  key: string;
  /** Milliseconds since the epoch. */
  initiated: number;
  attributes: ObjectAttributes;
  checksum: { algorithm: Algorithm; type: ChecksumType } | undefined;
  parts: Map<number, Part>;
  assembly: Assembly;
}

export interface Part {
  number: number;
  /** Without quotes. */
  etag: string;
  /** Bytes. */
  size: number;
  lastModified: number;
  /** Base64, of the upload's algorithm. */
  checksum: string | undefined;
  /** Base64. */
  crc32: string;
  place: PartPlace;
}

/**
 * The multipart uploads of all buckets. They live as long as the simulator: what an earlier one left unfinished
 * is removed at the start.
 */
export class Uploads {
  readonly #open = new Map<string, Upload>();
  /** The answers to CompleteMultipartUpload: a client that lost one asks again, and S3 repeats it. */
  readonly #completions = new Map<string, { bucket: string; key: string; reply: Promise<Reply> }>();

  create(upload: Omit<Upload, "id" | "parts">): Upload {
    const created = { ...upload, id: randomBytes(24).toString("base64url"), parts: new Map() };
    this.#open.set(created.id, created);
    return created;
  }

  list(): Upload[] {
    return [...this.#open.values()];
  }

  /** @throws S3Error NoSuchUpload */
  get(bucket: string, key: string, id: string | undefined): Upload {
    const upload = id === undefined ? undefined : this.#open.get(id);
    if (!upload || upload.bucket !== bucket || upload.key !== key) throw new S3Error("NoSuchUpload");
    return upload;
  }

  /** Puts a part in place of the one with its number. @throws S3Error NoSuchUpload when it came too late */
  async addPart(upload: Upload, part: Part): Promise<void> {
    if (!this.#open.has(upload.id) || this.#completions.has(upload.id)) {
      await removePart(upload, part);
      throw new S3Error("NoSuchUpload");
    }
    const replaced = upload.parts.get(part.number);
    upload.parts.set(part.number, part);
    if (replaced) await removePart(upload, replaced);
  }

  /** Removes the upload with its parts. @throws S3Error NoSuchUpload */
  async abort(bucket: string, key: string, id: string | undefined): Promise<void> {
    const upload = this.get(bucket, key, id);
    if (this.#completions.has(upload.id)) throw new S3Error("NoSuchUpload");
    await this.#remove(upload);
  }

  /**
   * Runs `complete` once, however often it is asked for, and gives every caller its answer. When it fails the
   * upload stays open.
   */
  async complete(
    bucket: string,
    key: string,
    id: string | undefined,
    complete: (upload: Upload) => Promise<Reply>,
  ): Promise<Reply> {
    const known = this.#completions.get(id ?? "");
    if (known?.bucket === bucket && known.key === key) return known.reply;
    const upload = this.get(bucket, key, id);
    upload.assembly.sealed = true;
    const reply = complete(upload);
    this.#completions.set(upload.id, { bucket, key, reply });
    try {
      const answer = await reply;
      await this.#remove(upload);
      return answer;
    } catch (error) {
      this.#completions.delete(upload.id);
      upload.assembly.sealed = false;
      throw error;
    }
  }

  /** But for those that are under way: their parts are not to be touched. */
  forgetCompletions(): void {
    for (const id of this.#completions.keys()) if (!this.#open.has(id)) this.#completions.delete(id);
  }

  async #remove(upload: Upload): Promise<void> {
    this.#open.delete(upload.id);
    for (const part of upload.parts.values()) await removePart(upload, part);
    await upload.assembly.remove();
  }
}

/** Removes a part's own file; a place in the assembly goes with it. */
async function removePart(upload: Upload, part: Part): Promise<void> {
  if (part.place.path !== upload.assembly.path) await rm(part.place.path, { force: true });
}
