import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { Command } from "commander";
import {
  type LibrarySource,
  leftOut,
  librariesFromFolder,
  sampleLibraries,
} from "../../simulators/vcenter/index.ts";
import { printable } from "../display/text.ts";

export interface StartOptions {
  libraries: LibrarySource[];
  /** Folder of the S3 simulator, as the user named it. */
  output: string;
  /** The user's own folder; absent: the sample. */
  ownLibrary?: string;
}

const START = {
  name: "npm start --",
  description:
    "Exports a sample library, or a folder of your own, from a simulated vCenter to a simulated S3.",
};

/** Reads the words behind `npm start --`. Ends the process, with exit code 2, when they are wrong. */
export async function readStartOptions(
  words: string[],
  { name, description } = START,
): Promise<StartOptions> {
  const command = new Command(name)
    .description(description)
    .option("--library <folder>", "each sub-folder an item, each file in it a file")
    .option("--output <folder>", "where the objects are kept", "exported")
    // Commander's own exit code for a wrong option is 1.
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const { library, output } = command
    .parse(words, { from: "user" })
    .opts<{ library?: string; output: string }>();

  const found = await stat(output).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) command.error(`error: --output ${output} is not a folder`);
  if (library === undefined) return { libraries: await sampleLibraries(), output };
  if (!(await stat(library).catch(() => undefined))?.isDirectory()) {
    command.error(`error: --library ${library}: there is no such folder`);
  }
  if (!relative(resolve(library), resolve(output)).startsWith("..")) {
    command.error(`error: --output ${output} is within --library: the objects would become items themselves`);
  }
  const libraries = await librariesFromFolder(library, (path) =>
    process.stderr.write(leftOut(printable(path))),
  );
  if (libraries.every(({ items }) => items.every(({ files }) => files.length === 0))) {
    command.error(`error: --library ${library}: there is no file in it or in a sub-folder`);
  }
  return { libraries, output, ownLibrary: library };
}
