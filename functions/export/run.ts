import type { CatalogBucket } from "../catalog/bucket.ts";
import { openRunRecords, type RunRecords } from "../catalog/runRecords.ts";
import { LoginRefused } from "../errors.ts";
import type { Services } from "../services.ts";
import { stableUuid } from "../stableUuid.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import type { ItemPlan } from "../workflow.ts";
import { logInFresh } from "./logInFresh.ts";

/** Which execution it is, and where its records are. */
export type Run = Pick<ItemPlan, "vcenter" | "run" | "bucket" | "prefix">;

export function catalogOf({ bucket }: Pick<Run, "bucket">, services: Services): CatalogBucket {
  const { expectedBucketOwner } = services.settings;
  return { s3: services.s3, bucket, ...(expectedBucketOwner !== undefined && { expectedBucketOwner }) };
}

export function recordsOf(run: Omit<Run, "vcenter">, services: Services): RunRecords {
  return openRunRecords(catalogOf(run, services), run.prefix, run.run);
}

/**
 * Logs in to vCenter, runs `use`, and logs out whatever happens. A log-in that vCenter refuses is noted in the run's
 * folder, and no later state of the run tries it again: accounts lock after a few.
 * @throws LoginRefused without asking vCenter when an earlier state was refused
 */
export async function withVcenter<T>(
  run: Run,
  services: Services,
  use: (client: VcenterClient) => Promise<T>,
): Promise<T> {
  const records = recordsOf(run, services);
  if (await records.isLoginRefused()) {
    throw new LoginRefused(
      `vCenter "${run.vcenter}" refused the log-in earlier in this export, so it is not tried again: ` +
        "correct the user name or password first",
    );
  }
  const profile = await services.profile(run.vcenter);
  try {
    const client = await logInFresh(profile, services);
    try {
      return await use(client);
    } finally {
      await client.logOut();
    }
  } catch (error) {
    if (error instanceof LoginRefused) await records.markLoginRefused();
    throw error;
  }
}

/** A UUID that is the same whenever the same file of the same execution asks: what makes a retried call harmless. */
export function clientToken(run: string, index: number): string {
  return stableUuid("download session", run, String(index));
}
