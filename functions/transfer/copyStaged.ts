import type { CopyingCursor } from "./cursor.ts";
import { mayCopyAnew } from "./finalKey.ts";
import { cursorBase, openPassage, type Passage, type Published, type Staged } from "./passage.ts";
import { deleteVersion } from "./s3/cleanUp.ts";
import { completeUpload } from "./s3/multipartUpload.ts";
import { finalObject } from "./s3/objectProperties.ts";
import { copyIntoUpload } from "./s3/serverSideCopy.ts";
import { waitAfter } from "./source/resumingSource.ts";
import { MAX_STARTED_ANEW } from "./startedAnew.ts";
import type { Verification } from "./verify.ts";
import { type ContinuedUpload, isPassing, withUpload } from "./withUpload.ts";

const GiB = 1024 ** 3;
/** A larger copy gets an invocation of its own, so that a crash of it costs nothing but the copy. */
const LARGEST_COPY_BY_THE_WAY_BYTES = 5 * GiB;

/**
 * Copies a staging object to the final key, with the checksum as metadata, publishes it there, and deletes it. What is
 * staged is verified: where the copy's upload is gone, or meets a conflict at its publication, only the copy is made
 * anew.
 * @returns the cursor to go on from when the time does not suffice
 */
export async function copyStaged(
  passage: Passage,
  staged: Staged,
  verification: Verification,
  continued?: ContinuedUpload,
): Promise<{ published: Published } | { cursor: CopyingCursor }> {
  const { access, request } = passage;
  let goesOn = false;
  let from = continued;
  try {
    for (let current = passage; ; ) {
      try {
        const copied = await copyOnce(current, staged, verification, from);
        goesOn = "cursor" in copied;
        return copied;
      } catch (error) {
        if (passage.startedAnew >= MAX_STARTED_ANEW || !(await mayCopyAnew(request, staged, error)))
          throw error;
        passage.startedAnew += 1;
        // A failure has ended the requests of the passage that it happened in.
        current = openPassage(request, passage);
        from = undefined;
        await request.clock.sleep(waitAfter(passage.startedAnew), request.signal);
      }
    }
  } catch (error) {
    goesOn = continued !== undefined && isPassing(error);
    throw error;
  } finally {
    // Should this fail, the run record still names the staging object, and the clean-up deletes it.
    if (!goesOn) await deleteVersion(access.s3, staged, access.expectedBucketOwner).catch(() => {});
  }
}

async function copyOnce(
  passage: Passage,
  staged: Staged,
  { checksum, itemChecksumDiffers }: Verification,
  continued: ContinuedUpload | undefined,
): Promise<{ published: Published } | { cursor: CopyingCursor }> {
  const { access, deadline, request } = passage;
  const { destination, fileName } = request;
  const from = continued ?? finalObject(destination, fileName, checksum);
  return await withUpload(passage, from, async ({ upload, stored }) => {
    const cursor: CopyingCursor = {
      ...cursorBase(passage),
      phase: "copying",
      staged,
      checksum,
      itemChecksumDiffers,
      upload,
    };
    const later = !continued && deadline.exists && staged.size > LARGEST_COPY_BY_THE_WAY_BYTES;
    const parts = later ? undefined : await copyIntoUpload(passage, staged, upload, stored);
    if (!parts) return { cursor };
    const versionId = await completeUpload(access, upload, parts, staged, destination);
    return { published: { versionId, checksum, itemChecksumDiffers, size: staged.size } };
  });
}
