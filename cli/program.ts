import { Command, Option } from "commander";
import { printableLines } from "../local/display/text.ts";
import type { CheckOptions } from "./check.ts";
import { addConnectionOptions, PASSWORD_HELP } from "./connectionOptions.ts";
import { addDeploymentCommands, addVerifyCommand } from "./deploymentCommands.ts";
import type { ListOptions } from "./ls.ts";
import { addRunOptions, type RunOptions } from "./runOptions.ts";
import { addStartCommands } from "./startCommands.ts";
import type { Streams } from "./streams.ts";
import { addSyncOptions, type SyncOptions } from "./syncOptions.ts";
import { version } from "./version.ts";

const RUN_HELP = `${PASSWORD_HELP}
AWS credentials and region come from the usual variables and files (AWS_PROFILE, AWS_REGION, ...).

LIBRARY/ITEM is cut at the slash that gives a library and an item that exist; --item-id settles doubts.

Examples:
  library-export run "Golden Images/ubuntu-24.04" s3://my-archive/vsphere --vcenter-url https://vcenter.example.com --username reader@vsphere.local
  library-export run --item-id 0a1b2c3d-... s3://my-archive --include "*.ovf" --include "*.vmdk" --json
  library-export run "ISOs/debian-12" s3://isos --s3-endpoint https://minio.example.com --dry-run

Exit code: 0 exported or unchanged, 1 failed, 2 wrong usage, 130 after Ctrl-C (which cleans up; a second one does not).`;

const SYNC_HELP = `${PASSWORD_HELP}
AWS credentials and region come from the usual variables and files (AWS_PROFILE, AWS_REGION, ...).

Items that have not changed since the last sync are not moved. Another vCenter can subscribe to the mirror.

Examples:
  library-export sync "Golden Images" s3://my-archive/vsphere --vcenter-url https://vcenter.example.com --username reader@vsphere.local
  library-export sync "Golden Images" s3://my-archive/vsphere --dry-run
  library-export sync --library-id 0a1b2c3d-... s3://my-archive --on-delete mark --json

Exit code: 0 all exported or unchanged, 1 an item failed, 2 wrong usage, 130 after Ctrl-C (which cleans up; a second one does not).`;

const LS_HELP = `${PASSWORD_HELP}

Examples:
  library-export ls
  library-export ls "Golden Images"
  library-export ls "Golden Images/ubuntu-24.04" --json`;

const CHECK_HELP = `${PASSWORD_HELP}

With --probe-item, the smallest file of the item is prepared and downloaded, and nothing is written to S3.

Examples:
  library-export check
  library-export check --probe-item 0a1b2c3d-... --json > report.json`;

/**
 * The command line's grammar. What a command runs is loaded when it runs: --help need not wait for the AWS SDK.
 * @param settle called with the exit code of the command that ran
 */
export function createProgram(streams: Streams, settle: (exitCode: number) => void): Command {
  const program = new Command("library-export")
    .description(
      "Moves VMware vSphere Content Library files to Amazon S3, verified by checksum, with no local disk.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      // It quotes words, which a script may have from anywhere.
      writeErr: (text) => void streams.stderr.write(printableLines(text)),
    });

  addRunOptions(program.command("run"))
    .description("export one library item to S3")
    .usage('[options] <"LIBRARY/ITEM"> <s3://bucket/prefix>')
    .argument("[words...]", "the item, unless --item-id names it, and the destination")
    .addHelpText("after", RUN_HELP)
    .action(async (words: string[], options: RunOptions) => {
      const { run } = await import("./run.ts");
      settle(await run(words, options, streams));
    });

  addSyncOptions(program.command("sync"))
    .description("mirror a whole library to S3: what is new or has changed")
    .usage("[options] <LIBRARY> <s3://bucket/prefix>")
    .argument("[words...]", "the library, unless --library-id names it, and the destination")
    .addHelpText("after", SYNC_HELP)
    .action(async (words: string[], options: SyncOptions) => {
      const { sync } = await import("./sync.ts");
      settle(await sync(words, options, streams));
    });

  addConnectionOptions(program.command("ls"))
    .description("list libraries, the items of a library, or the files of an item")
    .argument("[LIBRARY[/ITEM]]")
    .addOption(new Option("--json", "one JSON object per line"))
    .addHelpText("after", LS_HELP)
    .action(async (name: string | undefined, options: ListOptions) => {
      const { list } = await import("./ls.ts");
      settle(await list(name, options, streams));
    });

  addConnectionOptions(program.command("check"))
    .description("find out whether exports from a vCenter will work, and what it is like")
    .addOption(new Option("--probe-item <id>", "also download the smallest file of this item"))
    .addOption(
      new Option("--json", "the findings as JSON without names, hosts and credentials, for a bug report"),
    )
    .addHelpText("after", CHECK_HELP)
    .action(async (options: CheckOptions) => {
      const { check } = await import("./check.ts");
      settle(await check(options, streams));
    });

  addVerifyCommand(program, streams, settle);
  addStartCommands(program, streams, settle);
  addDeploymentCommands(program, streams, settle);

  return program;
}
