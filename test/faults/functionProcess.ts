import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Invocation, Scene } from "./scenario.ts";

const answered = z.object({ output: z.unknown() });

export interface RunningFunction {
  /** What the function returned. Rejects when its process ended before. */
  output: Promise<unknown>;
  /** Ends the process as the kernel does: nothing of the function runs any more. */
  kill(): Promise<void>;
}

/** Makes one invocation in a process of its own, as Lambda does, so that it can be killed. */
export function startProcess({ name, event }: Invocation, { workflow }: Scene): RunningFunction {
  const { vcenter, s3, services, clock } = workflow;
  const { url, username, password, thumbprintSha256: thumbprint } = vcenter;
  const child = fork(fileURLToPath(new URL("./functionMain.ts", import.meta.url)), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  child.send({
    name,
    event,
    vcenter: { url, username, password, thumbprint },
    s3: { endpoint: s3.url, region: s3.region, credentials: s3.credentials },
    settings: services.settings,
    now: clock.now(),
  });
  const ended = exited.then(([code, signal]) => {
    throw new Error(`The process of ${name} ended with ${code ?? signal}`);
  });
  const output = Promise.race([once(child, "message"), ended]).then(
    ([message]) => answered.parse(message).output,
  );
  // Whoever kills it does not wait for it.
  ended.catch(() => {});
  output.catch(() => {});
  return {
    output,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
