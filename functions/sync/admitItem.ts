import { LoginRefused } from "../errors.ts";
import { recordsOf } from "../export/run.ts";
import type { ExportInput } from "../input.ts";
import type { Services } from "../services.ts";
import type { SyncPlan } from "./state.ts";

/**
 * The input of an item's export.
 * @throws LoginRefused when vCenter refused the log-in of another item: accounts lock after a few
 */
export async function admitItem(
  sync: SyncPlan,
  { libraryItemId }: { libraryItemId: string },
  services: Services,
): Promise<{ input: ExportInput }> {
  if (await recordsOf(sync, services).isLoginRefused()) {
    throw new LoginRefused(
      `vCenter "${sync.vcenter}" refused the log-in earlier in this sync, so it is not tried again: correct the ` +
        "user name or password first",
    );
  }
  const { vcenter, bucket, prefix, include, exclude, requireChecksum, filesPerItem } = sync;
  const destination = { bucket, prefix };
  const input = { vcenter, libraryItemId, destination, include, exclude, requireChecksum };
  return { input: { ...input, maxConcurrency: filesPerItem } };
}
