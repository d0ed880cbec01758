import { type Command, Option } from "commander";
import { EXECUTION_STATES } from "../functions/executions/executions.ts";
import { addConnectionOptions, PASSWORD_HELP } from "./connectionOptions.ts";
import { addDeploymentOptions } from "./deploymentOptions.ts";
import type { ListExportsOptions } from "./listExports.ts";
import { upTo } from "./number.ts";
import type { StatusOptions } from "./status.ts";
import type { StopOptions } from "./stop.ts";
import { httpUrl } from "./storageOptions.ts";
import type { Streams } from "./streams.ts";
import type { VerifyOptions } from "./verify.ts";
import type { WatchOptions } from "./watch.ts";

export const DEPLOYMENT_HELP = `
AWS credentials and region come from the usual variables and files (AWS_PROFILE, AWS_REGION, ...).`;

const WATCH_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export watch Golden-Images_ubuntu-24-04_9f2c4e1a7b3d
  library-export watch Golden-Images_ubuntu-24-04_9f2c4e1a7b3d --json | jq 'select(.event == "status")'

Exit code: 0 exported, mirrored or unchanged, 1 failed or stopped, 2 wrong usage, 130 after Ctrl-C: it goes on.`;

const STATUS_HELP = `${DEPLOYMENT_HELP}

Example:
  library-export status Golden-Images_ubuntu-24-04_9f2c4e1a7b3d --json

Exit code: 0 on its way, exported, mirrored or unchanged; 1 failed or stopped; 2 wrong usage.`;

const LIST_HELP = `${DEPLOYMENT_HELP}

Examples:
  library-export list
  library-export list --state RUNNING --stack MyExports
  library-export list --syncs --state FAILED --limit 100 --json`;

const STOP_HELP = `${DEPLOYMENT_HELP}

Example:
  library-export stop Golden-Images_ubuntu-24-04_9f2c4e1a7b3d`;

const ID = ["<id>", "name of the execution, as start, start-sync and list show it"] as const;

/** The commands that look at a deployment in AWS. As everywhere, what a command runs is loaded when it runs. */
export function addDeploymentCommands(
  program: Command,
  streams: Streams,
  settle: (exitCode: number) => void,
): void {
  addJson(addInterval(addDeploymentOptions(program.command("watch"))))
    .description("show an export or a sync of a deployment until it has ended")
    .argument(...ID)
    .addHelpText("after", WATCH_HELP)
    .action(async (id: string, options: WatchOptions) => {
      const { watch } = await import("./watch.ts");
      settle(await watch(id, options, streams));
    });

  addJson(addDeploymentOptions(program.command("status")))
    .description("show how an export or a sync of a deployment stands")
    .argument(...ID)
    .addHelpText("after", STATUS_HELP)
    .action(async (id: string, options: StatusOptions) => {
      const { status } = await import("./status.ts");
      settle(await status(id, options, streams));
    });

  addJson(addDeploymentOptions(program.command("list")))
    .description("list the exports of a deployment, or its syncs, the latest first")
    .addOption(new Option("--state <state>", "only those in this state").choices(EXECUTION_STATES))
    .addOption(new Option("--syncs", "the syncs in place of the exports"))
    .addOption(new Option("--limit <n>", "how many at most").argParser(upTo(10_000)).default(20))
    .addHelpText("after", LIST_HELP)
    .action(async (options: ListExportsOptions) => {
      const { listExports } = await import("./listExports.ts");
      settle(await listExports(options, streams));
    });

  addJson(addDeploymentOptions(program.command("stop")))
    .description("stop an export or a sync of a deployment; what it has opened is removed")
    .argument(...ID)
    .addHelpText("after", STOP_HELP)
    .action(async (id: string, options: StopOptions) => {
      const { stop } = await import("./stop.ts");
      settle(await stop(id, options, streams));
    });
}

const VERIFY_HELP = `${PASSWORD_HELP}${DEPLOYMENT_HELP}

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

export function addInterval(command: Command): Command {
  return command.addOption(
    new Option("--interval <seconds>", "between two looks while watching").argParser(upTo(3600)).default(5),
  );
}

export function addJson(command: Command): Command {
  return command.addOption(new Option("--json", "one JSON object per line on the standard output"));
}
