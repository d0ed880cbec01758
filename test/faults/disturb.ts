import type { Services } from "../../functions/services.ts";
import { stateCalls } from "../../local/invocations.ts";
import type { Functions } from "../workflow/harness.ts";
import { fileNameOf } from "./fileNameOf.ts";
import { shortOfTime } from "./handOver.ts";
import { FAULTED, type Fault, type FunctionName, type Scene } from "./scenario.ts";

type Handler<Output> = (event: unknown, services: Services) => Promise<Output>;

/**
 * The workflow's functions, each with the fault in force while it runs, where the fault is of that function and the
 * invocation is not for a sibling. The files of a scenario come one after the other, so that no other function runs
 * at that time.
 * @param met is told of each invocation that the fault is in force in
 */
export function disturbedFunctions(fault: Fault, sceneOf: () => Scene, met: () => void): Functions {
  let force: Force | undefined;
  let number = 0;

  function disturbed<Output>(name: FunctionName, handler: Handler<Output>): Handler<Output> {
    return async (event, services) => {
      if (!isMeant(fault, name, event)) return handler(event, services);
      met();
      const scene = sceneOf();
      force ??= new Force(fault, scene);
      const inForce = force;
      const release = inForce.apply();
      const invoke: Handler<Output> = (event, changed) =>
        handler(event, { ...changed, profile: inForce.profiles(changed) });
      try {
        if (fault.around === undefined) return await invoke(event, services);
        number += 1;
        const output = await fault.around(
          {
            name,
            event,
            number,
            invoke: (changed) => invoke(changed?.event ?? event, { ...services, ...changed?.services }),
          },
          scene,
        );
        return output as Output; // whatever a scenario returns in a function's place is what its state gets to see
      } finally {
        release();
      }
    };
  }

  const handlers = fault.handedOver
    ? { ...stateCalls, TransferFile: shortOfTime(stateCalls.TransferFile, sceneOf) }
    : stateCalls;
  return {
    ResolveItem: disturbed("ResolveItem", handlers.ResolveItem),
    PrepareFile: disturbed("PrepareFile", handlers.PrepareFile),
    PollFile: disturbed("PollFile", handlers.PollFile),
    TransferFile: disturbed("TransferFile", handlers.TransferFile),
    TransferInContainer: disturbed("TransferInContainer", handlers.TransferInContainer),
    ReadContainerResult: disturbed("ReadContainerResult", handlers.ReadContainerResult),
    CompleteFile: disturbed("CompleteFile", handlers.CompleteFile),
    AbortFile: disturbed("AbortFile", handlers.AbortFile),
    FinishItem: disturbed("FinishItem", handlers.FinishItem),
  };
}

/** The same faults each time, so that the simulators count them over all invocations. */
class Force {
  readonly #fault: Fault;
  readonly #scene: Scene;
  readonly #vcenter;
  readonly #s3;

  constructor(fault: Fault, scene: Scene) {
    this.#fault = fault;
    this.#scene = scene;
    this.#vcenter = given(fault.vcenter, scene) ?? [];
    this.#s3 = given(fault.s3, scene) ?? [];
  }

  /** Returns what ends it. */
  apply(): () => void {
    const { vcenter, s3 } = this.#scene.workflow;
    const before = { ...vcenter.behaviour };
    const s3Before = [...s3.faults];
    Object.assign(vcenter.behaviour, this.#fault.behaviour);
    vcenter.behaviour.faults = [...before.faults, ...this.#vcenter];
    s3.faults.push(...this.#s3);
    return () => {
      Object.assign(vcenter.behaviour, before);
      s3.faults.splice(0, s3.faults.length, ...s3Before);
    };
  }

  profiles({ profile }: Services): Services["profile"] {
    const changes = given(this.#fault.profile, this.#scene);
    return async (...asked) => ({ ...(await profile(...asked)), ...changes });
  }
}

function given<Value>(value: Value | ((scene: Scene) => Value) | undefined, scene: Scene): Value | undefined {
  // A scenario's plain values are data: none of them is a function.
  return typeof value === "function" ? (value as (scene: Scene) => Value)(scene) : value;
}

function isMeant({ during }: Fault, name: FunctionName, event: unknown): boolean {
  if (name === "ResolveItem" || name === "FinishItem") return during?.includes(name) ?? false;
  // A container gets no other file.
  const isForFaulted = name === "TransferInContainer" || fileNameOf(event) === FAULTED;
  return isForFaulted && (during === undefined || during.includes(name));
}
