import type { TransferFile } from "../../functions/handlers/transferFile.ts";
import { fileNameOf } from "./fileNameOf.ts";
import { FAULTED, LARGE_BYTES, type Scene } from "./scenario.ts";

/** Seconds for the file, of which an invocation looks at the pace for 20 on the test's clock, which are 0.4. */
const SECONDS = 0.7;
/** No more than what is kept for the cursor. */
const NO_TIME = 15_000;

/** For the one file the bytes come too slowly for the time that there is. */
export function shortOfTime(handler: typeof TransferFile, sceneOf: () => Scene): typeof TransferFile {
  return async (event, services) => {
    if (fileNameOf(event) !== FAULTED) return handler(event, services);
    const { behaviour } = sceneOf().workflow.vcenter;
    const { bytesPerSecond } = behaviour;
    behaviour.bytesPerSecond = LARGE_BYTES / SECONDS;
    try {
      return await handler(event, { ...services, remainingMilliseconds: () => NO_TIME });
    } finally {
      behaviour.bytesPerSecond = bytesPerSecond;
    }
  };
}
