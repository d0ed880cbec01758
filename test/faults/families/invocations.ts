import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import { startProcess } from "../functionProcess.ts";
import type { Fault } from "../scenario.ts";

export type Around = NonNullable<Fault["around"]>;

/** What Step Functions gets to see in place of a result. */
export function failure(name: string): Error {
  return Object.assign(new Error(`The invocation ended with ${name}`), { name });
}

/** Lambda's answers for so many invocations, in which nothing is run. */
export function refused(name: string, times: number): Around {
  return async ({ number, invoke }) => {
    if (number <= times) throw failure(name);
    return invoke();
  };
}

/**
 * The function runs in a process of its own, which is killed when its request to S3 arrives, so many times.
 * @param error what Step Functions gets to see then
 */
export function killed(at: S3Fault, error = failure("Runtime.ExitError"), times = 1): Around {
  return async (invocation, scene) => {
    if (invocation.number > times) return invocation.invoke();
    const running = startProcess(invocation, scene);
    let reached = false;
    scene.workflow.s3.faults.push({
      ...at,
      async meanwhile() {
        reached = true;
        await running.kill();
      },
    });
    try {
      await running.output;
    } catch (ended) {
      throw reached ? error : ended;
    } finally {
      await running.kill();
    }
    throw new Error(`${invocation.name} ended before it made its request to S3`);
  };
}

/** Step Functions loses the first answer, and has the same input invoked again: before the first has ended, or after. */
export function twice(when: "at once" | "one after the other"): Around {
  return async ({ number, invoke }) => {
    if (number > 1) return invoke();
    const first = invoke().catch(() => {});
    if (when === "one after the other") await first;
    try {
      return await invoke();
    } finally {
      await first;
    }
  };
}

/** The first invocation is held at its request to S3 while a second one runs to its end, whose answer counts. */
export function overtaken(at: S3Fault): Around {
  return async ({ number, invoke }, { workflow }) => {
    if (number > 1) return invoke();
    let second: Promise<unknown> | undefined;
    workflow.s3.faults.push({
      ...at,
      async meanwhile() {
        second = invoke();
        await second.catch(() => {});
      },
    });
    await invoke().catch(() => {});
    if (second === undefined) throw new Error("the first invocation did not make its request to S3");
    return second;
  };
}
