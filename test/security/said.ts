import { inspect } from "node:util";
import type { Services } from "../../functions/services.ts";

/** Longer bodies are bytes of files. */
const LONGEST_TEXT_BYTES = 64 * 1024;

/** By the way that something came out on. */
export type Said = Record<
  "states" | "errors" | "logs" | "metrics" | "progress" | "S3" | "events" | "API",
  string[]
>;

export function nothingSaid(): Said {
  return { states: [], errors: [], logs: [], metrics: [], progress: [], S3: [], events: [], API: [] };
}

/** Listens to what functions say by their collaborators: log lines, metrics, progress, and requests to S3. */
export function watchServices(services: Services, said: Said): void {
  const write = (message: string, fields?: object) =>
    void said.logs.push(inspect([message, fields], { depth: 20 }));
  services.log = { info: write, warn: write };
  services.metrics = { add: (name, value) => void said.metrics.push(`${name} ${value}`) };
  services.progress = (progress) => void said.progress.push(JSON.stringify(progress));
  services.s3.middlewareStack.add(
    (next) => async (args) => {
      // The SDK's HttpRequest, typed unknown here.
      const { path, headers, query, body } = args.request as Record<string, unknown>;
      const text =
        typeof body === "string" || (body instanceof Uint8Array && body.length < LONGEST_TEXT_BYTES);
      said.S3.push(inspect({ path, query, headers }, { depth: 5 }), text ? Buffer.from(body).toString() : "");
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
}
