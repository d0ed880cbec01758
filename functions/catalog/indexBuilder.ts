import { describeItem } from "./describeItem.ts";
import {
  type IndexEntry,
  type IndexSource,
  itemUrnOf,
  type KeptItem,
  keyOf,
  libraryUrnOf,
  parseItem,
  timestamp,
  type VcspItem,
  type VcspLibrary,
} from "./vcsp.ts";

export interface PreviousIndex {
  /** Undefined where there is none. */
  library: VcspLibrary | undefined;
  /** JSON of each item, by id, in the order of items.json. */
  items: ReadonlyMap<string, string>;
  /** The greatest version that the library was ever given; 0 for none. */
  libraryVersion: number;
}

/**
 * Makes the index of a mirrored library, item by item. Ids follow from the source's and stay; a version grows by one
 * when, and only when, what it stands for is another than before. The items are kept as text: there is one for each
 * item of the library, before and after.
 */
export class IndexBuilder {
  readonly #source: IndexSource;
  readonly #previous: PreviousIndex;
  readonly #now: number;
  readonly #items = new Map<string, string>();
  readonly #hrefs = new Set<string>();
  readonly #earlierHrefs = new Set<string>();
  #changed = false;

  /** @param now milliseconds since the epoch */
  constructor(source: IndexSource, previous: PreviousIndex, now: number) {
    this.#source = source;
    this.#previous = previous;
    this.#now = now;
  }

  /** @returns the item if it is another than before: its own file of the index is to be written */
  add(entry: IndexEntry): VcspItem | undefined {
    const id = itemUrnOf(this.#source, entry.libraryItemId);
    const previous = this.#before(id);
    // An item that comes back must not have a version that it had: the library's is above all of them.
    const firstVersion = String(this.#previous.libraryVersion + 1);
    const item = describeItem(this.#source, entry, previous, firstVersion, this.#now);
    this.#items.set(id, JSON.stringify(item));
    this.#hrefs.add(item.selfHref);
    if (item === previous) return undefined;
    this.#changed = true;
    if (previous !== undefined) this.#earlierHrefs.add(previous.selfHref);
    return item;
  }

  /** Leaves what was said of an item as it was, where all that it speaks of is among the objects. */
  keep({ libraryItemId, objects }: KeptItem): void {
    const id = itemUrnOf(this.#source, libraryItemId);
    const etags = new Map(objects.map(({ key, etag }) => [key, etag]));
    const item = this.#before(id);
    const isThere = item?.files.every(({ hrefs, etag }) =>
      hrefs.every((href) => etags.get(keyOf(href)) === etag),
    );
    if (item !== undefined && isThere) this.#keep(id, item);
  }

  /**
   * Ends the list of items.
   * @param stays whether an item that nothing was said of stays as it was, by its id in the index
   */
  addNoMore(stays: (id: string) => boolean): void {
    for (const id of this.#previous.items.keys()) {
      const item = this.#items.has(id) ? undefined : this.#before(id);
      if (item === undefined) continue;
      if (stays(id)) this.#keep(id, item);
      else this.#earlierHrefs.add(item.selfHref);
    }
  }

  /** The text of items.json: a line for each item. */
  itemsText(): string {
    return `{"items":[\n${this.#ids()
      .map((id) => this.#items.get(id))
      .join(",\n")}\n]}\n`;
  }

  get sameItems(): boolean {
    const before = [...this.#previous.items.keys()];
    const now = this.#ids();
    return !this.#changed && now.length === before.length && now.every((id, at) => id === before[at]);
  }

  library(): VcspLibrary {
    const { library: previous, libraryVersion } = this.#previous;
    const { libraryName } = this.#source;
    const unchanged = previous?.name === libraryName && this.sameItems;
    return {
      vcspVersion: "2",
      version: String(unchanged ? Math.max(1, libraryVersion) : libraryVersion + 1),
      contentVersion: "1",
      name: libraryName,
      id: libraryUrnOf(this.#source),
      created: previous?.created ?? timestamp(this.#now),
      capabilities: { transferIn: ["httpGet"], transferOut: ["httpGet"] },
      itemsHref: "items.json",
    };
  }

  /** The files of items that are no more, or have another file now. */
  droppedHrefs(): string[] {
    return [...this.#earlierHrefs].filter((href) => !this.#hrefs.has(href));
  }

  #keep(id: string, item: VcspItem): void {
    this.#items.set(id, JSON.stringify(item));
    this.#hrefs.add(item.selfHref);
  }

  #before(id: string): VcspItem | undefined {
    const text = this.#previous.items.get(id);
    return text === undefined ? undefined : parseItem(text);
  }

  #ids(): string[] {
    return [...this.#items.keys()].sort();
  }
}
