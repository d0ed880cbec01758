import { ItemNotFound, LibraryNotFound, NameNotUnique } from "../functions/errors.ts";
import { type FoundItem, findItem } from "../functions/export/findItem.ts";
import type { ExportRequest } from "../functions/input.ts";
import type { Library, LibraryItem, VcenterClient } from "../functions/vsphere/model.ts";
import { type ItemName, readingsOf } from "./itemName.ts";

export const NO_LIBRARY_HINT = [
  "No library is visible to this user. Libraries do not inherit what is given at the vCenter: the user needs a role",
  'with the privilege "Content library > Download files" as a *global permission* (vSphere Client: Administration >',
  "Access Control > Global Permissions), propagated to children.",
].join("\n");

/** What is there under a name, in every library that has it. */
export interface Found {
  libraries: Library[];
  items: { library: Library; item: LibraryItem }[];
}

/**
 * Finds what `LIBRARY` or `LIBRARY/ITEM` means: names may hold slashes, so every reading is looked for.
 * @throws LibraryNotFound, ItemNotFound when there is nothing of the name
 */
export async function find(client: VcenterClient, text: string): Promise<Found> {
  const libraries = await librariesNamed(client, text);
  const items = text.includes("/")
    ? await itemsOf(client, readingsOf(text))
    : { found: [], libraryExists: false };
  if (libraries.length > 0 || items.found.length > 0) return { libraries, items: items.found };
  if (items.libraryExists)
    throw new ItemNotFound(`There is no item "${text}"; "library-export ls" shows what there is.`);
  throw new LibraryNotFound(await explainNoLibrary(client, text));
}

/**
 * The one item that `LIBRARY/ITEM` means, where its slashes leave that open: whatever reading there is an item for.
 * @throws LibraryNotFound, ItemNotFound, NameNotUnique
 */
export async function findMeant(client: VcenterClient, readings: ExportRequest[]): Promise<FoundItem> {
  const found: FoundItem[] = [];
  let missing: unknown;
  for (const reading of readings) {
    try {
      found.push(await findItem(client, reading));
    } catch (error) {
      // That the item is missing tells more than that a library is.
      if (error instanceof ItemNotFound) missing = error;
      else if (error instanceof LibraryNotFound) missing ??= error;
      else throw error;
    }
  }
  const [first, ...others] = found;
  if (first === undefined) throw missing;
  if (others.length === 0) return first;
  const ids = found.map(({ library, item }) => `${item.id} ("${item.name}" in "${library.name}")`);
  throw new NameNotUnique(
    `The slashes leave open which item is meant: name it by --item-id: ${ids.join(", ")}.`,
  );
}

async function itemsOf(client: VcenterClient, readings: ItemName[]) {
  const found: Found["items"] = [];
  let libraryExists = false;
  for (const { library: libraryName, item: itemName } of readings) {
    for (const library of await librariesNamed(client, libraryName)) {
      libraryExists = true;
      for (const id of await client.findItems({ name: itemName, libraryId: library.id })) {
        found.push({ library, item: await client.getItem(id) });
      }
    }
  }
  return { found, libraryExists };
}

async function librariesNamed(client: VcenterClient, name: string): Promise<Library[]> {
  const ids = await client.findLibraries({ name });
  return Promise.all(ids.map((id) => client.getLibrary(id)));
}

async function explainNoLibrary(client: VcenterClient, text: string): Promise<string> {
  const visible = await client.listLibraries();
  if (visible.length === 0) return NO_LIBRARY_HINT;
  return `There is no library "${text}"; "library-export ls" shows those that are visible to this user.`;
}
