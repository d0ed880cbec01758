import { ContainerFailed } from "../../../functions/errors.ts";
import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import { type Around, killed } from "./invocations.ts";

/** What ECS says of a task that has stopped, as far as it says why. */
export interface StoppedTask {
  StoppedReason: string;
  StopCode: string;
  Containers: { Name: string; ExitCode?: number; Reason?: string }[];
}

export const OUT_OF_MEMORY: StoppedTask = {
  StoppedReason: "Essential container in task exited",
  StopCode: "EssentialContainerExited",
  Containers: [{ Name: "transfer", ExitCode: 137, Reason: "OutOfMemoryError: container killed" }],
};

export const CRASHED: StoppedTask = {
  ...OUT_OF_MEMORY,
  Containers: [{ Name: "transfer", ExitCode: 1 }],
};

export const NO_CAPACITY: StoppedTask = {
  StoppedReason: "Capacity is unavailable at this time. Please try again later",
  StopCode: "TaskFailedToStart",
  Containers: [{ Name: "transfer" }],
};

export const STOPPED: StoppedTask = {
  StoppedReason: "Task stopped by user",
  StopCode: "UserInitiated",
  Containers: [{ Name: "transfer", ExitCode: 0 }],
};

/** How Step Functions passes that on. */
export function taskFailed(task: StoppedTask): Error {
  return Object.assign(new Error(JSON.stringify(task)), { name: "States.TaskFailed" });
}

/** RunTask starts none. */
export function notStarted(name: string, cause: string, times: number): Around {
  return async ({ number, invoke }) => {
    if (number <= times) throw Object.assign(new Error(cause), { name });
    return invoke();
  };
}

/** A task that ends, or never begins, without doing anything. */
export function ended(task: StoppedTask): Around {
  return async () => {
    throw taskFailed(task);
  };
}

/** The task runs in a process of its own, which is killed when its request to S3 arrives. */
export function killedTask(at: S3Fault): Around {
  return killed(at, taskFailed(OUT_OF_MEMORY));
}

/** The task gets a SIGTERM when its request to S3 arrives, and ends by itself, as its program does then. */
export function terminated(at: S3Fault, failure = taskFailed(STOPPED)): Around {
  return async ({ invoke }, { workflow }) => {
    const stopping = new AbortController();
    workflow.s3.faults.push({
      ...at,
      async meanwhile() {
        stopping.abort(new ContainerFailed("The container task was stopped before the file was moved"));
      },
    });
    await invoke({ services: { signal: stopping.signal } });
    if (!stopping.signal.aborted) throw new Error("the task ended before it made its request to S3");
    throw failure;
  };
}

/** Step Functions gives the task up when its request to S3 arrives. The task goes on once the execution has ended. */
export function givenUp(at: S3Fault, failure: Error): Around {
  return async ({ invoke }, { workflow, ended, outlasting }) => {
    const { promise: gaveUp, reject } = Promise.withResolvers<never>();
    workflow.s3.faults.push({
      ...at,
      async meanwhile() {
        reject(failure);
        await ended;
      },
    });
    const running = invoke();
    outlasting.push(running);
    return Promise.race([running, gaveUp]);
  };
}
