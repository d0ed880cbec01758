import { ItemNotFound, LibraryNotFound, NameNotUnique } from "../errors.ts";
import type { ExportRequest } from "../input.ts";
import type { Library, LibraryItem, VcenterClient } from "../vsphere/model.ts";
import { unlessNotFound } from "../vsphere/unlessNotFound.ts";

export interface FoundItem {
  library: Library;
  item: LibraryItem;
}

/**
 * Finds the item that an input names, by id or by the names of library and item.
 * @throws LibraryNotFound, ItemNotFound, NameNotUnique
 */
export async function findItem(client: VcenterClient, request: ExportRequest): Promise<FoundItem> {
  if (request.libraryItemId !== undefined) return findById(client, request.libraryItemId);
  const library = await findLibrary(client, request.library ?? "");
  return { library, item: await findInLibrary(client, library, request.item ?? "") };
}

async function findById(client: VcenterClient, libraryItemId: string): Promise<FoundItem> {
  const item = await unlessNotFound(client.getItem(libraryItemId));
  if (item === undefined) {
    throw new ItemNotFound(
      `vCenter has no library item with the id "${libraryItemId}" that this user can see`,
    );
  }
  return { item, library: await client.getLibrary(item.libraryId) };
}

/** @throws LibraryNotFound, NameNotUnique */
export async function findLibrary(client: VcenterClient, name: string): Promise<Library> {
  const found = await describe(await client.findLibraries({ name }), (id) => client.getLibrary(id));
  const [library, ...others] = found.filter((candidate) => candidate.name === name);
  if (library === undefined) {
    const hint = found.length > 0 ? otherCase(found) : await hintOfPermissions(client);
    throw new LibraryNotFound(`vCenter has no library named "${name}" that this user can see${hint}`);
  }
  if (others.length > 0) throw notUnique("libraries", name, [library, ...others]);
  return library;
}

async function findInLibrary(client: VcenterClient, library: Library, name: string): Promise<LibraryItem> {
  const ids = await client.findItems({ name, libraryId: library.id });
  const found = await describe(ids, (id) => client.getItem(id));
  const [item, ...others] = found.filter((candidate) => candidate.name === name);
  if (item === undefined) {
    const hint = found.length > 0 ? otherCase(found) : "";
    throw new ItemNotFound(`The library "${library.name}" has no item named "${name}"${hint}`);
  }
  if (others.length > 0) throw notUnique(`items of library "${library.name}"`, name, [item, ...others]);
  return item;
}

/** vCenter compares names without regard to case, so that it finds more than was named. */
function otherCase(found: { name: string }[]): string {
  return `: names are case-sensitive, and there is ${found.map(({ name }) => `"${name}"`).join(", ")}`;
}

async function hintOfPermissions(client: VcenterClient): Promise<string> {
  const visible = await client.listLibraries();
  if (visible.length > 0) return "";
  return (
    ": it sees no library at all. Content libraries hang from the global root, so the role with " +
    '"Content library > Download files" must be given as a global permission'
  );
}

function notUnique(what: string, name: string, found: { id: string }[]): NameNotUnique {
  const ids = found.map(({ id }) => id).join(", ");
  return new NameNotUnique(`Several ${what} are named "${name}": name one by its id instead (${ids})`);
}

/** What the ids stand for, without those that disappeared since they were listed. */
async function describe<T>(ids: string[], get: (id: string) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (const id of ids) {
    const one = await unlessNotFound(get(id));
    if (one !== undefined) found.push(one);
  }
  return found;
}
