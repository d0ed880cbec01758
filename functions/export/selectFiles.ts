import { NoFileMatches, NothingToExport } from "../errors.ts";
import type { ItemFile, LibraryItem } from "../vsphere/model.ts";
import { compileGlob } from "./glob.ts";

/**
 * The files of an item that match one of `include` (empty: all) and none of `exclude`, in the order of their names.
 * A pattern that is a file's very name matches it, whatever glob characters it holds.
 * @throws NothingToExport when the item has no file
 * @throws NoFileMatches when the globs leave none
 */
export function selectFiles(
  item: LibraryItem,
  files: ItemFile[],
  { include, exclude }: { include: string[]; exclude: string[] },
): ItemFile[] {
  if (item.type === "vm-template") {
    throw new NothingToExport(
      `The item "${item.name}" is a VM template, which has no files to download: clone it to the library as an ` +
        "OVF template, and export that",
    );
  }
  if (files.length === 0) throw new NothingToExport(`The item "${item.name}" has no files`);
  const isSelected = fileFilter({ include, exclude });
  const selected = files.filter(({ name }) => isSelected(name));
  if (selected.length === 0) {
    throw new NoFileMatches(
      `No file of the item "${item.name}" matches the include and exclude patterns. Its files: ` +
        files.map(({ name }) => name).join(", "),
    );
  }
  return selected.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True for names that match one of `include` (empty: all) and none of `exclude`. */
export function fileFilter({
  include,
  exclude,
}: {
  include: string[];
  exclude: string[];
}): (name: string) => boolean {
  const included = include.length === 0 ? () => true : matcher(include);
  const excluded = matcher(exclude);
  return (name) => included(name) && !excluded(name);
}

function matcher(globs: string[]): (name: string) => boolean {
  const matches = globs.map(compileGlob);
  return (name) => globs.includes(name) || matches.some((match) => match(name));
}
