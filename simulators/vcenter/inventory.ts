import { randomUUID } from "node:crypto";
import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { PrepareStep } from "./behaviour.ts";
import { type Content, digestOf, openContent } from "./content.ts";
import type { FileSource, ItemSource, LibrarySource } from "./options.ts";
import { notFound } from "./vapiError.ts";

export interface StoredLibrary {
  id: string;
  name: string;
  type: "LOCAL" | "SUBSCRIBED";
  description: string;
}

export interface StoredItem {
  id: string;
  libraryId: string;
  name: string;
  type: string;
  contentVersion: number;
  files: StoredFile[];
}

export interface StoredFile {
  name: string;
  version: number;
  content: Content;
  cached: boolean;
  prepare?: PrepareStep[];
  checksum?: ChecksumAlgorithm | "never";
}

/** Libraries, their items, and the items' files. */
export class Inventory {
  readonly libraries: StoredLibrary[] = [];
  readonly items: StoredItem[] = [];
  readonly #digests = new WeakMap<Content, Map<string, Promise<string>>>();

  static async of(sources: LibrarySource[]): Promise<Inventory> {
    const inventory = new Inventory();
    for (const source of sources) await inventory.#addLibrary(source);
    return inventory;
  }

  library(id: string): StoredLibrary {
    const library = this.libraries.find((candidate) => candidate.id === id);
    if (!library) throw notFound("library", id);
    return library;
  }

  item(id: string): StoredItem {
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item) throw notFound("library item", id);
    return item;
  }

  async addItem(libraryId: string, source: ItemSource): Promise<string> {
    const item = await storedItem(source, this.library(libraryId).id);
    this.items.push(item);
    return item.id;
  }

  removeItem(id: string): void {
    this.items.splice(this.items.indexOf(this.item(id)), 1);
  }

  /** As an update session does that removes a file. */
  removeFile(itemId: string, name: string): void {
    const item = this.item(itemId);
    item.files = item.files.filter((file) => file.name !== name);
    item.contentVersion += 1;
  }

  /** As if a file had been uploaded again: what depends on its content gets a new version. */
  async replaceFile(itemId: string, source: FileSource): Promise<void> {
    const item = this.item(itemId);
    const at = item.files.findIndex((file) => file.name === source.name);
    const file = await storedFile(source, true);
    file.version = (item.files[at]?.version ?? 0) + 1;
    if (at === -1) item.files.push(file);
    else item.files[at] = file;
    item.contentVersion += 1;
  }

  /** Lower-case hexadecimal, calculated once per content and algorithm. */
  digest(content: Content, algorithm: ChecksumAlgorithm): Promise<string> {
    const known = this.#digests.get(content) ?? new Map<string, Promise<string>>();
    this.#digests.set(content, known);
    const digest = known.get(algorithm) ?? digestOf(content, algorithm);
    known.set(algorithm, digest);
    return digest;
  }

  async #addLibrary(source: LibrarySource): Promise<void> {
    const { id = randomUUID(), name, type = "LOCAL", description = "" } = source;
    this.libraries.push({ id, name, type, description });
    for (const item of source.items) this.items.push(await storedItem(item, id));
  }
}

async function storedItem(source: ItemSource, libraryId: string): Promise<StoredItem> {
  const { id = randomUUID(), name, type, contentVersion = 1, cached = true } = source;
  const files = await Promise.all(source.files.map((file) => storedFile(file, cached)));
  return { id, libraryId, name, type, contentVersion, files };
}

async function storedFile(source: FileSource, cached: boolean): Promise<StoredFile> {
  const { name, version = 1, prepare, checksum } = source;
  return { name, version, content: await openContent(source), cached, prepare, checksum };
}
