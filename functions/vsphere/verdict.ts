import type { Checksum } from "../checksum.ts";
import type { Clock } from "../clock.ts";
import { PreparationFailed } from "../errors.ts";
import { requireActive, throwIfFinal } from "./lease.ts";
import type { DownloadSessionFile, VcenterClient } from "./model.ts";

export interface VerdictOptions {
  clock: Clock;
  signal?: AbortSignal;
}

/**
 * Asks, after the last byte, what vCenter knows about the file that it has sent: the checksum, which "is always
 * calculated" but "won't be set until the download is complete", and the size in bytes, which is guaranteed then
 * (vSphere 6.5 reference). Both may come a moment late, so the file is polled until there is a checksum:
 * - at most 30 s in all, while vCenter shows that it follows the download;
 * - at most 10 s once the size is there;
 * - at most 3 s when it shows neither size nor any byte transferred: vcsim, which never will.
 *
 * @returns what is there: maybe neither
 * @throws DownloadSessionLost when the session is not ACTIVE at the end, however right the bytes may look
 * @throws PreparationFailed when the file's status is ERROR
 */
export async function downloadVerdict(
  client: Pick<VcenterClient, "getSessionFile" | "getDownloadSession">,
  downloadSessionId: string,
  fileName: string,
  { clock, signal }: VerdictOptions,
): Promise<{ checksum?: Checksum; size?: number }> {
  try {
    const file = await settled(() => client.getSessionFile(downloadSessionId, fileName), clock, signal);
    if (file.status === "ERROR") {
      const words = file.errorMessage?.defaultMessage ?? "vCenter gives no reason";
      throw new PreparationFailed(`File "${fileName}" of download session ${downloadSessionId}: ${words}`);
    }
    // Last, so that it vouches for everything before.
    requireActive(await client.getDownloadSession(downloadSessionId), downloadSessionId);
    return { checksum: file.checksum, size: file.size };
  } catch (error) {
    throwIfFinal(error, downloadSessionId);
    throw error;
  }
}

async function settled(
  poll: () => Promise<DownloadSessionFile>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<DownloadSessionFile> {
  const start = clock.now();
  let sizeSeen: number | undefined;
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS)) {
    signal?.throwIfAborted();
    const file = await poll();
    const now = clock.now();
    if (file.size !== undefined) sizeSeen ??= now;
    const follows = file.size !== undefined || file.bytesTransferred > 0;
    const end = Math.min(
      start + (follows ? FOLLOWED_MILLISECONDS : NOT_FOLLOWED_MILLISECONDS),
      (sizeSeen ?? Number.POSITIVE_INFINITY) + AFTER_SIZE_MILLISECONDS,
    );
    if (file.checksum !== undefined || file.status === "ERROR" || now >= end) return file;
    await clock.sleep(Math.min(pause, end - now), signal);
  }
}

const FOLLOWED_MILLISECONDS = 30_000;
const AFTER_SIZE_MILLISECONDS = 10_000;
const NOT_FOLLOWED_MILLISECONDS = 3_000;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 2_000;
