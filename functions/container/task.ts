import * as z from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import { moveHandedOver } from "../export/container.ts";
import type { Services } from "../services.ts";

/** What the state TransferInContainer overrides in a task's environment: which file of which execution it is to move. */
const taskSchema = z.object({
  LIBRARY_EXPORT_TASK_RUN: z.string().min(1),
  LIBRARY_EXPORT_TASK_BUCKET: z.string().min(1),
  LIBRARY_EXPORT_TASK_PREFIX: z.string(),
  LIBRARY_EXPORT_TASK_FILE: z.coerce.number().int().nonnegative(),
});

/**
 * Moves the one file that the environment names, and leaves what became of it in its run record. Resolves also when
 * the file could not be moved.
 * @throws InvalidInput when the environment names no file
 */
export async function runTask(environment: NodeJS.ProcessEnv, services: Services): Promise<void> {
  const parsed = taskSchema.safeParse(environment);
  if (!parsed.success) {
    throw new InvalidInput(`The task's environment is not valid: ${describeIssues(parsed.error)}`);
  }
  const task = parsed.data;
  await moveHandedOver(
    {
      run: task.LIBRARY_EXPORT_TASK_RUN,
      bucket: task.LIBRARY_EXPORT_TASK_BUCKET,
      prefix: task.LIBRARY_EXPORT_TASK_PREFIX,
    },
    task.LIBRARY_EXPORT_TASK_FILE,
    services,
  );
}
