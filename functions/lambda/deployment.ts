import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { z } from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import type { Executions } from "../executions/executions.ts";
import { stepFunctionsExecutions } from "../executions/stepFunctions.ts";

const arn = z
  .string()
  .regex(/^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:[^:]+$/, "must be a state machine's ARN");

/** The state machines of a deployment, for the functions that no state calls. */
const deploymentSchema = z.object({
  LIBRARY_EXPORT_STATE_MACHINE_ARN: arn,
  LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: arn.optional(),
  LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: arn.optional(),
});

export type DeploymentVariable = keyof z.input<typeof deploymentSchema>;

export interface Deployment {
  executions: Executions;
  /** Starts the clean-up workflow for the export of that name. */
  startCleanUp(id: string): Promise<void>;
}

/** @throws InvalidInput naming the variable that is wrong */
export function deploymentOf(environment: NodeJS.ProcessEnv, client = new SFNClient({})): Deployment {
  const parsed = deploymentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new InvalidInput(`The function's environment is not valid: ${describeIssues(parsed.error)}`);
  }
  const exportItem = parsed.data.LIBRARY_EXPORT_STATE_MACHINE_ARN;
  const cleanUp = parsed.data.LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN;
  return {
    executions: stepFunctionsExecutions(client, exportItem),
    async startCleanUp(id) {
      const executionArn = `${exportItem.replace(":stateMachine:", ":execution:")}:${id}`;
      await client.send(
        new StartExecutionCommand({ stateMachineArn: cleanUp, input: JSON.stringify({ executionArn }) }),
      );
    },
  };
}
