import type { Command } from "commander";
import { addInterval, addJson, DEPLOYMENT_HELP } from "./deploymentCommands.ts";
import { addStartOptions, type StartOptions } from "./startOptions.ts";
import { addStartSyncOptions, type StartSyncOptions } from "./startSyncOptions.ts";
import type { Streams } from "./streams.ts";

const START_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export start "Golden Images/ubuntu-24.04" --vcenter lab --watch
  library-export start --item-id 0a1b2c3d-... s3://my-archive/vsphere --vcenter lab
  library-export start "ISOs/debian-12" --vcenter lab --idempotency-key debian-12-$(date +%F) --json

Exit code: 0 started, and with --watch exported or unchanged; 1 failed, 2 wrong usage. Ctrl-C while watching
ends the watching with 130: the export goes on.`;

const START_SYNC_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export start-sync "Golden Images" --vcenter lab --watch
  library-export start-sync "Golden Images" s3://my-archive/vsphere --vcenter lab --on-delete mark
  library-export start-sync --library-id 0a1b2c3d-... --vcenter lab --dry-run --watch --json

Exit code: 0 started, and with --watch mirrored; 1 failed, 2 wrong usage. Ctrl-C while watching ends the watching
with 130: the sync goes on.`;

/** The commands that start something in a deployment in AWS. */
export function addStartCommands(
  program: Command,
  streams: Streams,
  settle: (exitCode: number) => void,
): void {
  addJson(addInterval(addStartOptions(program.command("start"))))
    .description("start an export in a deployment")
    .usage('[options] <"LIBRARY/ITEM"> [s3://bucket/prefix]')
    .argument("[words...]", "the item, unless options name it, and a destination in place of the default")
    .addHelpText("after", START_HELP)
    .action(async (words: string[], options: StartOptions) => {
      const { start } = await import("./start.ts");
      settle(await start(words, options, streams));
    });

  addJson(addInterval(addStartSyncOptions(program.command("start-sync"))))
    .description("start the sync of a whole library in a deployment")
    .usage("[options] <LIBRARY> [s3://bucket/prefix]")
    .argument("[words...]", "the library, unless --library-id names it, and a destination")
    .addHelpText("after", START_SYNC_HELP)
    .action(async (words: string[], options: StartSyncOptions) => {
      const { startSync } = await import("./startSync.ts");
      settle(await startSync(words, options, streams));
    });
}
