import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import type { Executions, SyncExecutions } from "../executions/executions.ts";
import { stepFunctionsExecutions, stepFunctionsSyncs } from "../executions/stepFunctions.ts";

const arn = z
  .string()
  .regex(/^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:[^:]+$/, "must be a state machine's ARN");

/** The state machines of a deployment, for the functions that no state calls. */
const deploymentSchema = z.object({
  LIBRARY_EXPORT_STATE_MACHINE_ARN: arn,
  LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: arn,
  LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: arn.optional(),
  LIBRARY_EXPORT_SYNC_CLEAN_UP_STATE_MACHINE_ARN: arn.optional(),
});

export type DeploymentVariable = keyof z.input<typeof deploymentSchema>;

export interface Deployment {
  executions: Executions;
  syncs: SyncExecutions;
  /** Starts the clean-up workflow for the export of that name. */
  startCleanUp(id: string): Promise<void>;
  /** The same for a sync. */
  startSyncCleanUp(id: string): Promise<void>;
}

/** @throws InvalidInput naming the variable that is wrong */
export function deploymentOf(environment: NodeJS.ProcessEnv, client = new SFNClient({})): Deployment {
  const parsed = deploymentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new InvalidInput(`The function's environment is not valid: ${describeIssues(parsed.error)}`);
  }
  const {
    LIBRARY_EXPORT_STATE_MACHINE_ARN: exportItem,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: syncLibrary,
    LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: cleanUp,
    LIBRARY_EXPORT_SYNC_CLEAN_UP_STATE_MACHINE_ARN: syncCleanUp,
  } = parsed.data;

  async function start(stateMachineArn: string | undefined, endedArn: string, id: string): Promise<void> {
    const executionArn = `${endedArn.replace(":stateMachine:", ":execution:")}:${id}`;
    await client.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ executionArn }) }),
    );
  }
  return {
    executions: stepFunctionsExecutions(client, exportItem),
    syncs: stepFunctionsSyncs(client, syncLibrary),
    startCleanUp: (id) => start(cleanUp, exportItem, id),
    startSyncCleanUp: (id) => start(syncCleanUp, syncLibrary, id),
  };
}
