import { systemClock } from "../functions/clock.ts";
import { inParallel } from "../functions/inParallel.ts";
import { silentLogger } from "../functions/log.ts";
import { logIn } from "../functions/vsphere/client.ts";
import type { ItemFile, Library, LibraryItem, VcenterClient } from "../functions/vsphere/model.ts";
import { formatSize } from "../local/display/size.ts";
import { jsonLine, printable, table } from "../local/display/text.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { find, NO_LIBRARY_HINT } from "./find.ts";
import { readProfile } from "./profile.ts";
import type { Streams } from "./streams.ts";

/** Few, because vCenter serves other users as well. */
const AT_ONCE = 4;

export interface ListOptions extends ConnectionOptions {
  json?: boolean;
}

/**
 * Lists libraries, the items of one, or the files of an item: a table for people, one JSON object per line for
 * programs. Where several libraries or items have the name, all of them are listed.
 */
export async function list(
  name: string | undefined,
  options: ListOptions,
  streams: Streams,
): Promise<number> {
  const profile = await readProfile(options, streams);
  using interrupt = listenForInterrupt(() => {});
  const client = await logIn(profile, { clock: systemClock, log: silentLogger, signal: interrupt.signal });
  try {
    if (name === undefined) await listLibraries(client, options, streams);
    else await listNamed(client, name, options, streams);
  } finally {
    await client.logOut();
  }
  return interrupt.exitCode() ?? 0;
}

async function listLibraries(client: VcenterClient, options: ListOptions, { stdout, stderr }: Streams) {
  const libraries = await inParallel(AT_ONCE, await client.listLibraries(), (id) => client.getLibrary(id));
  libraries.sort(byName);
  if (libraries.length === 0) stderr.write(`${NO_LIBRARY_HINT}\n`);
  else if (options.json) writeLines(stdout, libraries);
  else stdout.write(librariesTable(libraries));
}

async function listNamed(client: VcenterClient, name: string, options: ListOptions, { stdout }: Streams) {
  const { libraries, items } = await find(client, name);
  for (const library of libraries) {
    const listed = await inParallel(AT_ONCE, await client.listItems(library.id), (id) => client.getItem(id));
    listed.sort(byName);
    if (options.json) writeLines(stdout, listed);
    else stdout.write(`library ${printable(library.name)} (${printable(library.id)})\n${itemsTable(listed)}`);
  }
  for (const { item } of items) {
    const files = await client.listItemFiles(item.id);
    files.sort(byName);
    if (options.json)
      writeLines(
        stdout,
        files.map((file) => ({ libraryItemId: item.id, ...file })),
      );
    else stdout.write(`item ${printable(item.name)} (${printable(item.id)})\n${filesTable(files)}`);
  }
}

function librariesTable(libraries: Library[]): string {
  const rows = libraries.map(({ name, type, id }) => [name, type, id].map(printable));
  return `${table([{ title: "library" }, { title: "type" }, { title: "id" }], rows)}\n`;
}

function itemsTable(items: LibraryItem[]): string {
  if (items.length === 0) return "no items\n";
  const rows = items.map((item) => [
    printable(item.name),
    printable(item.type),
    item.cached ? formatSize(item.size) : "not cached",
    printable(item.contentVersion),
    printable(item.id),
  ]);
  const columns = [
    { title: "item" },
    { title: "type" },
    { title: "size", align: "right" },
    { title: "version" },
    { title: "id" },
  ] as const;
  return `${table([...columns], rows)}\n`;
}

function filesTable(files: ItemFile[]): string {
  if (files.length === 0) return "no files that can be downloaded\n";
  const rows = files.map((file) => [
    printable(file.name),
    file.cached ? formatSize(file.size) : "not cached",
    printable(file.checksum?.algorithm ?? ""),
    printable(file.checksum?.value ?? "not known before the download"),
  ]);
  const columns = [
    { title: "file" },
    { title: "size", align: "right" },
    { title: "algorithm" },
    { title: "checksum" },
  ] as const;
  return `${table([...columns], rows)}\n`;
}

function writeLines(stdout: NodeJS.WritableStream, objects: object[]): void {
  for (const object of objects) stdout.write(jsonLine(object));
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}
