import * as z from "zod";
import { abortUpload, deleteStagingObjects } from "../../../functions/transfer/s3/cleanUp.ts";
import { BUCKET } from "../../workflow/harness.ts";
import type { Invocation, Scene } from "../scenario.ts";
import type { Around } from "./invocations.ts";

/** No time for more than one part in an invocation, and none for a copy after it. */
const NO_TIME = { remainingMilliseconds: () => 15_000 };

/** Every invocation of TransferFile runs out of time: for a file of two parts there are three, the last of which copies. */
export const outOfTime: Around = ({ invoke }) => invoke({ services: NO_TIME });

/**
 * The first invocations run out of time. Before the one that goes on from a cursor of that phase, which has all the
 * time it needs, something happens.
 * @param happens returns the input with which it goes on; undefined: as it is
 */
export function before(
  phase: "receiving" | "copying",
  happens: (invocation: Invocation, scene: Scene) => Promise<unknown>,
): Around {
  return async (invocation, scene) => {
    const { event, invoke } = invocation;
    if (continuing.safeParse(event).data?.transfer.cursor.phase !== phase)
      return invoke({ services: NO_TIME });
    return invoke({ event: (await happens(invocation, scene)) ?? event });
  };
}

const continuing = z.object({ transfer: z.object({ cursor: z.object({ phase: z.string() }) }) });

/** The download session has ended, and somebody has tidied up in S3. */
export async function passADay({ workflow: { clock, s3, s3Client } }: Scene): Promise<void> {
  clock.advance(24 * 60 * 60 * 1000);
  for (const upload of s3.openUploads()) await abortUpload(s3Client, upload);
  for (const key of s3.objects(BUCKET).filter((key) => key.includes("/staging/"))) {
    await deleteStagingObjects(s3Client, { bucket: BUCKET, key });
  }
}
