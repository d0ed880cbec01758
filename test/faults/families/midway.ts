import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { LARGE_BYTES, type Scenario, type Scene } from "../scenario.ts";
import { type Expected, expectationOf } from "./expectations.ts";

/** Something that happens once half of the file has been sent. */
export function midway(
  name: string,
  happens: (scene: Scene) => void | Promise<void>,
  expected: Expected,
  more: Partial<Scenario["fault"]> = {},
): Scenario {
  const fault = (scene: Scene): VcenterFault[] => [
    { on: "data", afterBytes: LARGE_BYTES / 2, meanwhile: () => happens(scene) },
  ];
  return {
    name,
    fault: { during: ["TransferFile"], bytes: LARGE_BYTES, vcenter: fault, ...more },
    expect: expectationOf(expected),
  };
}
