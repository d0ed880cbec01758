import { readFileSync } from "node:fs";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import * as z from "zod";
import { CleanUp } from "../../functions/handlers/cleanUp.ts";
import type { Services } from "../../functions/services.ts";
import { throughJson } from "../../local/payload.ts";
import type { UncontrolledExport } from "./uncontrolledExport.ts";

/** A state machine as it is deployed, read anew: an engine or a validator may write into what it is given. */
export function readDefinition(name: "clean-up" | "export-item"): StateMachineDefinition {
  const path = new URL(`../../statemachine/${name}.asl.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

const parametersSchema = z.object({
  Payload: z.object({ executionArn: z.string(), again: z.boolean() }),
});

/**
 * Runs the clean-up workflow for an export. The wait is over when no function of the export runs any more.
 * @param cleaned is told of every CleanUp that succeeded
 * @returns parameters of what it sent, and of every CleanUp
 */
export async function runCleanUp(
  services: Services,
  running: UncontrolledExport,
  cleaned: (again: boolean) => void = () => {},
) {
  const sent: unknown[] = [];
  const calls: z.infer<typeof parametersSchema>["Payload"][] = [];
  const cleanUp = async (parameters: unknown) => {
    const { Payload } = parametersSchema.parse(parameters);
    calls.push(Payload);
    if (Payload.again) await running.functionsEnded();
    const event = throughJson(Payload);
    const output = throughJson(await CleanUp(event, { ...services, executions: running.executions }));
    cleaned(Payload.again);
    return { Payload: output };
  };
  await new StateMachine(readDefinition("clean-up"), { validationOptions: { noValidate: true } }).run(
    { executionArn: running.arn },
    {
      overrides: {
        taskResourceLocalHandlers: {
          CleanUp: cleanUp,
          CleanUpAgain: cleanUp,
          NotifyCutOff: async (parameters) => ({ FailedEntryCount: 0, Entries: [sent.push(parameters)] }),
        },
        waitTimeOverrides: { WaitForFunctions: 0 },
        retryIntervalOverrides: { CleanUp: 0, CleanUpAgain: 0, NotifyCutOff: 0 },
      },
    },
  ).result;
  return { sent, calls };
}
