import * as z from "zod";
import { parseProfile } from "../../../functions/config.ts";
import { syncHandlers } from "../../../functions/handlers/syncHandlers.ts";
import { createS3Client } from "../../../functions/transfer/s3/uploadClient.ts";
import { keepYoungGenerationSmall } from "../../../functions/youngGeneration.ts";
import { localServices } from "../../../local/services.ts";

/**
 * One function of the sync in a process of its own, as Lambda runs it: bundled, and called again and again. It is
 * told where vCenter and S3 are, and then the events, and answers with what the function returns.
 */
const started = z.object({ vcenter: z.record(z.string(), z.string()), s3: z.string() });
const invoked = z.object({
  name: z.string().refine((name): name is keyof typeof syncHandlers => name in syncHandlers),
  event: z.unknown(),
});

keepYoungGenerationSmall();
const [places = ""] = process.argv.slice(2);
const { vcenter, s3 } = started.parse(JSON.parse(places));
const services = localServices({
  profiles: [parseProfile("lab", vcenter)],
  s3: createS3Client({
    endpoint: s3,
    region: "us-east-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  }),
  settings: { defaultBucket: "mirror" },
});

process.on("message", async (message) => {
  const { name, event } = invoked.parse(message);
  const begun = performance.now();
  const output = await syncHandlers[name](event, services);
  const seconds = (performance.now() - begun) / 1000;
  // The most that the kernel has ever seen of this process.
  process.send?.({ output, seconds, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
