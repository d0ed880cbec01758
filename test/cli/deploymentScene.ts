import { type Deployment, openDeployment } from "../executions/deployments.ts";
import { BUCKET, type WorkflowSetup } from "../workflow/harness.ts";
import { startCloudFormation } from "./cloudFormation.ts";
import { type Outcome, type RunningCommand, startCommand } from "./command.ts";
import { startInTerminal, type TerminalCommand } from "./terminal.ts";

/** A deployment as the command finds it: a stack, Step Functions, S3, and behind them a vCenter. */
export class DeploymentScene implements AsyncDisposable {
  readonly deployment: Deployment;
  readonly #cloudFormation: Awaited<ReturnType<typeof startCloudFormation>>;

  private constructor(
    deployment: Deployment,
    cloudFormation: Awaited<ReturnType<typeof startCloudFormation>>,
  ) {
    this.deployment = deployment;
    this.#cloudFormation = cloudFormation;
  }

  static async open(setup: WorkflowSetup = {}): Promise<DeploymentScene> {
    const deployment = await openDeployment("in this process", setup);
    const { stateMachineArn, syncStateMachineArn } = deployment.stepFunctions;
    const outputs = {
      StateMachineArn: stateMachineArn,
      SyncStateMachineArn: syncStateMachineArn,
      BucketName: BUCKET,
    };
    return new DeploymentScene(deployment, await startCloudFormation("LibraryExport", outputs));
  }

  get environment(): Record<string, string> {
    const { workflow, stepFunctions } = this.deployment;
    const { accessKeyId, secretAccessKey } = workflow.s3.credentials;
    return {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_MAX_ATTEMPTS: "1",
      AWS_ENDPOINT_URL_S3: workflow.s3.url,
      AWS_ENDPOINT_URL_SFN: stepFunctions.url,
      AWS_ENDPOINT_URL_CLOUDFORMATION: this.#cloudFormation.url,
    };
  }

  start(words: string[], environment: Record<string, string> = {}): RunningCommand {
    return startCommand(words, { ...this.environment, ...environment });
  }

  run(words: string[], environment: Record<string, string> = {}): Promise<Outcome> {
    return this.start(words, environment).outcome;
  }

  startInTerminal(words: string[], environment: Record<string, string> = {}): TerminalCommand {
    return startInTerminal(words, { ...this.environment, ...environment });
  }

  /** The options and variables by which a command reaches the vCenter itself. */
  get vcenter(): { words: string[]; environment: Record<string, string> } {
    const { url, username, password, thumbprintSha256 } = this.deployment.workflow.vcenter;
    return {
      words: ["--vcenter-url", url, "--username", username, "--thumbprint", thumbprintSha256],
      environment: { LIBRARY_EXPORT_PASSWORD: password },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cloudFormation[Symbol.asyncDispose]();
    await this.deployment[Symbol.asyncDispose]();
  }
}

export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => Object(JSON.parse(line)));
}
