import { stat } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Dialect } from "./behaviour.ts";
import { leftOut, librariesFromFolder } from "./folder.ts";
import type { LibrarySource } from "./options.ts";
import { sampleLibraries } from "./sampleLibrary.ts";
import { startVcenter } from "./vcenter.ts";
import { welcome } from "./welcome.ts";

interface Options {
  library?: string[];
  port: number;
  dialect?: Dialect[];
  itemChecksum: "never" | "SHA1" | "MD5" | "SHA256" | "SHA512";
  leaseSeconds: number;
  ranges: boolean;
}

const command = new Command("npm run vcenter --")
  .description("Serves folders as content libraries, in vSphere's three dialects, on 127.0.0.1.")
  .addOption(
    new Option(
      "--library <folder>",
      "each sub-folder an item, each file in it a file (repeatable; without it: a sample library)",
    ).argParser((value, earlier: string[] | undefined) => [...(earlier ?? []), value]),
  )
  .addOption(new Option("--port <number>", "0 takes a free one").argParser(whole(65_535)).default(0))
  .addOption(
    new Option("--dialect <dialects...>", "what is served; all three without it").choices([
      "api",
      "rest-json",
      "rest-xml",
    ]),
  )
  .addOption(
    new Option("--item-checksum <algorithm>", "checksum known before a download")
      .choices(["never", "SHA1", "MD5", "SHA256", "SHA512"])
      .default("never"),
  )
  .addOption(
    new Option("--lease-seconds <number>", "a download session's lease")
      .argParser(whole(86_400))
      .default(300),
  )
  .addOption(new Option("--no-ranges", "ignore Range"))
  .addHelpText("after", "\nThe password is that in LIBRARY_EXPORT_PASSWORD, or a random one.")
  // Commander's own exit code for a wrong option is 1.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(serve);

await command.parseAsync();

async function serve(options: Options): Promise<void> {
  const libraries = options.library ? await fromFolders(options.library) : await sampleLibraries();
  const { port, dialect, itemChecksum, leaseSeconds, ranges } = options;
  const simulator = await startVcenter({
    libraries,
    port,
    password: process.env.LIBRARY_EXPORT_PASSWORD || undefined,
    behaviour: { itemChecksum, leaseSeconds, ranges, ...(dialect && { dialects: dialect }) },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE")
      return command.error(`error: port ${port} is taken; leave --port out for a free one`);
    throw error;
  });
  // Before it says how it is stopped: somebody may do so at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      await simulator.close();
      process.exit(0);
    });
  }
  process.stdout.write(welcome(simulator, libraries));
}

async function fromFolders(folders: string[]): Promise<LibrarySource[]> {
  const libraries: LibrarySource[] = [];
  for (const folder of folders) {
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) command.error(`error: --library ${folder}: there is no such folder`);
    libraries.push(...(await librariesFromFolder(folder, (path) => process.stderr.write(leftOut(path)))));
  }
  if (libraries.every((library) => library.items.length === 0)) {
    command.error(`error: --library ${folders.join(", ")}: there is no file in it, and no sub-folder`);
  }
  return libraries;
}

function whole(largest: number) {
  return (value: string): number => {
    if (/^\d+$/.test(value) && Number(value) <= largest) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${largest}.`);
  };
}
