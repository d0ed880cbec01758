import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { type Expectation, LARGE_BYTES, type Scenario, type Scene } from "../scenario.ts";

/** Something that happens once half of the file has been sent. */
export function midway(
  name: string,
  happens: (scene: Scene) => void | Promise<void>,
  expected: string | Expectation,
  more: Partial<Scenario["fault"]> = {},
): Scenario {
  const fault = (scene: Scene): VcenterFault[] => [
    { on: "data", afterBytes: LARGE_BYTES / 2, meanwhile: () => happens(scene) },
  ];
  return {
    name,
    fault: { during: ["TransferFile"], bytes: LARGE_BYTES, vcenter: fault, ...more },
    expect: typeof expected === "string" ? { outcome: expected } : expected,
  };
}
