import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { attributesSchema } from "./attributes.ts";
import { algorithmNames } from "./checksums.ts";

/** One version of an object, or a delete marker. */
export const versionSchema = z.object({
  /** `null` in a bucket without versioning. */
  versionId: z.string().nullable(),
  deleteMarker: z.boolean(),
  /** Without quotes. */
  etag: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Milliseconds since the epoch. */
  lastModified: z.number(),
  attributes: attributesSchema,
  checksum: z
    .object({
      algorithm: z.enum(algorithmNames()),
      type: z.enum(["FULL_OBJECT", "COMPOSITE"]),
      value: z.string(),
    })
    .optional(),
  /** Object Lock: until then the version cannot be deleted. */
  retention: z.object({ mode: z.string(), until: z.number() }).optional(),
  /** Where the bytes are, relative to the simulator's directory; empty for a delete marker. */
  file: z.string(),
});

export type ObjectVersion = z.infer<typeof versionSchema>;

const recordSchema = z.object({ key: z.string(), versions: z.array(versionSchema) });

/** All that is kept of a key; versions newest first. */
export type ObjectRecord = z.infer<typeof recordSchema>;

/** The records of one bucket: a JSON file for each key, named by the key's hash. */
export class RecordFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async load(): Promise<ObjectRecord[]> {
    await mkdir(this.#directory, { recursive: true });
    const records: ObjectRecord[] = [];
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith(".json")) continue;
      const text = await readFile(join(this.#directory, name), "utf8");
      records.push(recordSchema.parse(JSON.parse(text)));
    }
    return records;
  }

  async save(record: ObjectRecord): Promise<void> {
    const path = this.#path(record.key);
    if (record.versions.length === 0) return rm(path, { force: true });
    const temporary = `${path}.${randomUUID()}`;
    await writeFile(temporary, `${JSON.stringify(record, null, 2)}\n`);
    await rename(temporary, path);
  }

  #path(key: string): string {
    return join(this.#directory, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}
