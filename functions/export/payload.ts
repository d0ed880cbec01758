import { TooManyFiles } from "../errors.ts";
import type { ResolvedItem } from "../workflow.ts";

/** Below Step Functions' 262,144, with room for the execution's input. */
const MAX_STATE_BYTES = 240_000;
/** Of a result besides name and key: a SHA512 checksum, or an error's shortened message. */
const RESULT_BYTES = 700;

/**
 * Refuses an item whose plan and results together would not fit the execution's state: nothing in a state machine
 * can catch that error later.
 * @throws TooManyFiles
 */
export function checkSize(resolved: ResolvedItem): void {
  const plan = Buffer.byteLength(JSON.stringify(resolved), "utf8");
  const results = resolved.files.reduce(
    (sum, { name, key }) =>
      sum + RESULT_BYTES + Buffer.byteLength(JSON.stringify(name + key + resolved.item.bucket), "utf8"),
    0,
  );
  if (plan + results <= MAX_STATE_BYTES) return;
  throw new TooManyFiles(
    `The item "${resolved.item.itemName}" has ${resolved.files.length} files, more than one execution can hold: ` +
      "export them in several executions with include patterns",
  );
}
