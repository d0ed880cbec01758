import { LoginRefused, Stopped } from "../errors.ts";
import { recordsOf } from "../export/run.ts";
import type { ExportInput } from "../input.ts";
import type { Services } from "../services.ts";
import type { SyncPlan } from "./state.ts";

/**
 * The input of an item's export.
 * @param execution ARN of the sync's execution, by which the clean-up knows what it has started
 * @throws LoginRefused when vCenter refused the log-in of another item: accounts lock after a few
 * @throws Stopped when the sync has ended, and Step Functions has not ended the item's part of it
 */
export async function admitItem(
  sync: SyncPlan,
  { libraryItemId }: { libraryItemId: string },
  execution: string,
  services: Services,
): Promise<{ input: ExportInput }> {
  const records = recordsOf(sync, services);
  if (await records.isStopped())
    throw new Stopped("The sync has ended, so that no export is started any more");
  if (await records.isLoginRefused()) {
    throw new LoginRefused(
      `vCenter "${sync.vcenter}" refused the log-in earlier in this sync, so it is not tried again: correct the ` +
        "user name or password first",
    );
  }
  const { vcenter, bucket, prefix, include, exclude, requireChecksum, filesPerItem } = sync;
  const destination = { bucket, prefix };
  const input = { vcenter, libraryItemId, destination, include, exclude, requireChecksum };
  return {
    input: {
      ...input,
      maxConcurrency: filesPerItem,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: execution,
    },
  };
}
