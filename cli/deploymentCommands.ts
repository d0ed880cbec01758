import { type Command, Option } from "commander";
import { EXECUTION_STATES } from "../functions/executions/executions.ts";
import { addConnectionOptions } from "./connectionOptions.ts";
import { addDeploymentOptions } from "./deploymentOptions.ts";
import type { ListExportsOptions } from "./listExports.ts";
import { upTo } from "./number.ts";
import { addStartOptions, type StartOptions } from "./startOptions.ts";
import type { StatusOptions } from "./status.ts";
import type { StopOptions } from "./stop.ts";
import { httpUrl } from "./storageOptions.ts";
import type { Streams } from "./streams.ts";
import type { VerifyOptions } from "./verify.ts";
import type { WatchOptions } from "./watch.ts";

const DEPLOYMENT_HELP = `
AWS credentials and region come from the usual variables and files (AWS_PROFILE, AWS_REGION, ...).`;

const START_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export start "Golden Images/ubuntu-24.04" --vcenter lab --watch
  library-export start --item-id 0a1b2c3d-... s3://my-archive/vsphere --vcenter lab
  library-export start "ISOs/debian-12" --vcenter lab --idempotency-key debian-12-$(date +%F) --json

Exit code: 0 started, and with --watch exported or unchanged; 1 failed, 2 wrong usage. Ctrl-C while watching
ends the watching with 130: the export goes on.`;

const WATCH_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export watch Golden-Images_ubuntu-24-04_9f2c4e1a7b3d
  library-export watch Golden-Images_ubuntu-24-04_9f2c4e1a7b3d --json | jq 'select(.event == "status")'

Exit code: 0 exported or unchanged, 1 failed or stopped, 2 wrong usage, 130 after Ctrl-C: the export goes on.`;

const STATUS_HELP = `${DEPLOYMENT_HELP}

Example:
  library-export status Golden-Images_ubuntu-24-04_9f2c4e1a7b3d --json

Exit code: 0 on its way, exported or unchanged; 1 failed or stopped; 2 wrong usage.`;

const LIST_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export list
  library-export list --state RUNNING --stack MyExports
  library-export list --state FAILED --limit 100 --json`;

const STOP_HELP = `${DEPLOYMENT_HELP}

Example:
  library-export stop Golden-Images_ubuntu-24-04_9f2c4e1a7b3d`;

const ID = ["<id>", "name of the export's execution, as start and list show it"] as const;

/** The commands that ask a deployment in AWS. As everywhere, what a command runs is loaded when it runs. */
export function addDeploymentCommands(
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

  addJson(addInterval(addDeploymentOptions(program.command("watch"))))
    .description("show an export of a deployment until it has ended")
    .argument(...ID)
    .addHelpText("after", WATCH_HELP)
    .action(async (id: string, options: WatchOptions) => {
      const { watch } = await import("./watch.ts");
      settle(await watch(id, options, streams));
    });

  addJson(addDeploymentOptions(program.command("status")))
    .description("show how an export of a deployment stands")
    .argument(...ID)
    .addHelpText("after", STATUS_HELP)
    .action(async (id: string, options: StatusOptions) => {
      const { status } = await import("./status.ts");
      settle(await status(id, options, streams));
    });

  addJson(addDeploymentOptions(program.command("list")))
    .description("list the exports of a deployment, the latest first")
    .addOption(new Option("--state <state>", "only exports in this state").choices(EXECUTION_STATES))
    .addOption(new Option("--limit <n>", "how many at most").argParser(upTo(10_000)).default(20))
    .addHelpText("after", LIST_HELP)
    .action(async (options: ListExportsOptions) => {
      const { listExports } = await import("./listExports.ts");
      settle(await listExports(options, streams));
    });

  addJson(addDeploymentOptions(program.command("stop")))
    .description("stop an export of a deployment; what it has opened is removed")
    .argument(...ID)
    .addHelpText("after", STOP_HELP)
    .action(async (id: string, options: StopOptions) => {
      const { stop } = await import("./stop.ts");
      settle(await stop(id, options, streams));
    });
}

const VERIFY_HELP = `${DEPLOYMENT_HELP}

Without a destination, the whole bucket of the deployment is verified. Nothing is written, and nothing is downloaded
from vCenter: its versions and checksums are compared by the rule that an export has for what is unchanged.

Examples:
  library-export verify s3://my-archive/vsphere
  library-export verify s3://my-archive --rehash --json
  library-export verify --stack MyExports --vcenter-url https://vcenter.example.com --username reader@vsphere.local

Exit code: 0 all as recorded, 1 something differs or nothing is there, 2 wrong usage, 130 after Ctrl-C.`;

/** Needs a deployment only where no destination is given. */
export function addVerifyCommand(
  program: Command,
  streams: Streams,
  settle: (exitCode: number) => void,
): void {
  addJson(addConnectionOptions(addDeploymentOptions(program.command("verify"))))
    .description("compare what is in a bucket with what was recorded, and with vCenter")
    .argument("[s3://bucket/prefix]")
    .addOption(new Option("--rehash", "read every object, and calculate its checksum anew"))
    .addOption(
      new Option("--against-vcenter", "compare with vCenter as well; --vcenter-url alone means the same"),
    )
    .addOption(
      new Option("--s3-endpoint <url>", "any S3-compatible server, in place of AWS").argParser(httpUrl),
    )
    .addHelpText("after", VERIFY_HELP)
    .action(async (uri: string | undefined, options: VerifyOptions) => {
      const { verify } = await import("./verify.ts");
      settle(await verify(uri, options, streams));
    });
}

function addInterval(command: Command): Command {
  return command.addOption(
    new Option("--interval <seconds>", "between two looks while watching").argParser(upTo(3600)).default(5),
  );
}

function addJson(command: Command): Command {
  return command.addOption(new Option("--json", "one JSON object per line on the standard output"));
}
