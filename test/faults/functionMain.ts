import * as z from "zod";
import { type ExportSettings, parseProfile } from "../../functions/config.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { stateCalls } from "../../local/invocations.ts";
import { localServices } from "../../local/services.ts";
import { testClock } from "../workflow/testClock.ts";

/** One invocation of a function, or one task of the container: told by a message, answered by one. */
const invocation = z.object({
  name: z.string().refine((name): name is keyof typeof stateCalls => name in stateCalls),
  event: z.unknown(),
  vcenter: z.record(z.string(), z.string()),
  s3: z.object({
    endpoint: z.string(),
    region: z.string(),
    credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  }),
  settings: z.custom<Partial<ExportSettings>>(),
  /** Milliseconds since the epoch, on the test's clock. */
  now: z.number(),
});

process.once("message", async (message) => {
  const { name, event, vcenter, s3, settings, now } = invocation.parse(message);
  const services = localServices({
    profiles: [parseProfile("lab", vcenter)],
    s3: createS3Client(s3),
    settings,
    clock: testClock(now),
  });
  process.send?.({ output: await stateCalls[name](event, services) });
  process.disconnect();
});
