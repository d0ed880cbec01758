import { setTimeout as pause } from "node:timers/promises";
import { handlers } from "../../functions/handlers/index.ts";
import type { Services } from "../../functions/services.ts";
import { stateCalls } from "../../local/invocations.ts";
import { failure } from "../faults/families/invocations.ts";
import { startProcess } from "../faults/functionProcess.ts";
import type { Invocation, Scene } from "../faults/scenario.ts";
import type { Functions } from "../workflow/harness.ts";
import type { Disturbances } from "./disturbances.ts";

type Handler<Output> = (event: unknown, services: Services) => Promise<Output>;

/** Milliseconds of an invocation that is short of time: some parts, and not a file. */
const SHORT = 60_000;

/**
 * The workflow's functions, whose invocations go as the disturbances say, in the order in which they come.
 * @param killed is told of every process that was killed before it had ended
 */
export function disturbedFunctions(
  { invocations, shortOfTime }: Disturbances,
  scene: Scene,
  killed: () => void,
): Functions {
  const next = invocations.values();

  function disturbed<Output>(name: keyof Functions, handler: Handler<Output>): Handler<Output> {
    return async (event, services) => {
      const how = next.next().value;
      if (typeof how === "object") {
        const output = await untilKilled({ name, event }, scene, how.killedAfter);
        if (output !== undefined) return output as Output; // what the same handler returned in its process
        killed();
        throw failure("Runtime.ExitError");
      }
      switch (how) {
        case "refused":
          throw failure("Lambda.TooManyRequestsException");
        case "lost":
          await handler(event, services).catch(() => {});
          throw failure("Lambda.Unknown");
        case "twice": {
          const first = handler(event, services).catch(() => {});
          try {
            return await handler(event, services);
          } finally {
            await first;
          }
        }
        default:
          return handler(event, services);
      }
    };
  }

  const inShortTime: typeof handlers.TransferFile = (event, services) => {
    const end = services.clock.now() + SHORT;
    return handlers.TransferFile(event, {
      ...services,
      remainingMilliseconds: () => end - services.clock.now(),
    });
  };

  return {
    // No soak has the container route.
    ...stateCalls,
    ResolveItem: disturbed("ResolveItem", handlers.ResolveItem),
    PrepareFile: disturbed("PrepareFile", handlers.PrepareFile),
    PollFile: disturbed("PollFile", handlers.PollFile),
    TransferFile: disturbed("TransferFile", shortOfTime ? inShortTime : handlers.TransferFile),
    ReadContainerResult: disturbed("ReadContainerResult", handlers.ReadContainerResult),
    CompleteFile: disturbed("CompleteFile", handlers.CompleteFile),
    AbortFile: disturbed("AbortFile", handlers.AbortFile),
    FinishItem: disturbed("FinishItem", handlers.FinishItem),
  };
}

/** @returns undefined when it was killed before it returned */
async function untilKilled(
  { name, event }: Pick<Invocation, "name" | "event">,
  scene: Scene,
  milliseconds: number,
): Promise<unknown> {
  const running = startProcess({ name, event, number: 1, invoke: async () => {} }, scene);
  const timer = new AbortController();
  try {
    // An invocation that fails in its process has ended as well.
    const failed = () => undefined;
    return await Promise.race([
      running.output.catch(failed),
      pause(milliseconds, undefined, { signal: timer.signal }).catch(failed),
    ]);
  } finally {
    timer.abort();
    await running.kill();
  }
}
