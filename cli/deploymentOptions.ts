import { type Command, InvalidArgumentError, Option } from "commander";

/** Which deployment: the same for every command that asks one. */
export interface DeploymentOptions {
  stack: string;
  /** Of exports. */
  stateMachineArn?: string;
  syncStateMachineArn?: string;
}

export const DEFAULT_STACK = "LibraryExport";

export function addDeploymentOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--stack <name>", "the CloudFormation stack of the deployment").default(DEFAULT_STACK),
    )
    .addOption(
      new Option(
        "--state-machine-arn <arn>",
        "the state machine that exports itself, in place of --stack",
      ).argParser(stateMachineArn),
    )
    .addOption(
      new Option("--sync-state-machine-arn <arn>", "the same for the one that syncs").argParser(
        stateMachineArn,
      ),
    );
}

function stateMachineArn(text: string): string {
  if (!/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+$/.test(text)) {
    throw new InvalidArgumentError(
      "It must be the ARN of a state machine: arn:aws:states:...:stateMachine:NAME.",
    );
  }
  return text;
}
