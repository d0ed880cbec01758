import * as z from "zod";
import { runTask } from "../functions/container/task.ts";
import type { Services } from "../functions/services.ts";

/** What a state passes to ecs:runTask.sync, as far as it reaches the container. */
const parametersSchema = z.object({
  Overrides: z.object({
    ContainerOverrides: z.tuple([
      z.object({ Environment: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
    ]),
  }),
});

/**
 * Stands for ECS: does the container's work in this process, without a time limit. What it returns tells nothing of
 * the work, as ECS's description of a task does not.
 */
export async function runContainerTask(
  parameters: unknown,
  services: Services,
): Promise<Record<string, never>> {
  const [{ Environment }] = parametersSchema.parse(parameters).Overrides.ContainerOverrides;
  const environment = Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
  await runTask(environment, { ...services, remainingMilliseconds: () => Number.POSITIVE_INFINITY });
  return {};
}
