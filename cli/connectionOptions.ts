import { type Command, InvalidArgumentError, Option } from "commander";
import { thumbprintSchema } from "../functions/config.ts";

/** The options that say how to reach vCenter: the same for every command. */
export interface ConnectionOptions {
  vcenterUrl?: string;
  username?: string;
  dialect: "auto" | "api" | "rest-json" | "rest-xml";
  caFile?: string;
  thumbprint?: string;
  allowHttp?: boolean;
  endpointHost?: string[];
  /** Only of `run` and `sync`. */
  readers?: number;
  maxTransfers?: number;
}

/** Of each command that has these options: below them in its help. */
export const PASSWORD_HELP = `
The password comes from LIBRARY_EXPORT_PASSWORD (or GOVC_PASSWORD), or is asked for on a terminal.`;

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--vcenter-url <url>", "vCenter, such as https://vcenter.example.com (or GOVC_URL)"),
    )
    .addOption(
      new Option(
        "--username <user>",
        "such as reader@vsphere.local (or GOVC_USERNAME); never an option: the password",
      ),
    )
    .addOption(
      new Option("--dialect <dialect>", "how to speak to vCenter; auto tries api, then rest-json")
        .choices(["auto", "api", "rest-json", "rest-xml"])
        .default("auto"),
    )
    .addOption(
      new Option("--ca-file <file>", "PEM certificates to trust besides the system's (or GOVC_TLS_CA_CERTS)"),
    )
    .addOption(
      new Option(
        "--thumbprint <thumbprint>",
        "the only certificate to accept from vCenter: SHA-256 or SHA-1",
      ).argParser(thumbprint),
    )
    .addOption(new Option("--allow-http", "allow http: for vCenter and for download endpoints"))
    .addOption(
      new Option(
        "--endpoint-host <host>",
        "host besides vCenter's own to download from (repeatable)",
      ).argParser(collect),
    );
}

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

function thumbprint(value: string): string {
  const parsed = thumbprintSchema.safeParse(value);
  if (!parsed.success)
    throw new InvalidArgumentError("It must be 64 (SHA-256) or 40 (SHA-1) hexadecimal digits.");
  return parsed.data;
}
