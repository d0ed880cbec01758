import { systemClock } from "../functions/clock.ts";
import type { VcenterProfile } from "../functions/config.ts";
import { silentLogger } from "../functions/log.ts";
import { logIn } from "../functions/vsphere/client.ts";
import type { VcenterClient } from "../functions/vsphere/model.ts";
import { probeVcenter } from "../functions/vsphere/probe.ts";
import { type Interrupt, listenForInterrupt } from "../local/interrupt.ts";
import { failed } from "./check/failed.ts";
import type { Finding } from "./check/finding.ts";
import { lookAtConnection } from "./check/lookAtConnection.ts";
import { lookAtLibraries } from "./check/lookAtLibraries.ts";
import { printFinding, printFindings } from "./check/print.ts";
import { probeItem } from "./check/probeItem.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { EXIT } from "./failure.ts";
import { readProfile } from "./profile.ts";
import type { Streams } from "./streams.ts";

export interface CheckOptions extends ConnectionOptions {
  probeItem?: string;
  json?: boolean;
}

/**
 * Tells whether exports from a vCenter will work, and how it behaves where nothing is documented. Leaves nothing
 * behind. Exit code 1 when anything has failed.
 */
export async function check(options: CheckOptions, streams: Streams): Promise<number> {
  const profile = await readProfile(options, streams);
  using interrupt = listenForInterrupt(() => {});
  const findings: Finding[] = [];
  try {
    for await (const finding of look(profile, options, interrupt)) {
      findings.push(finding);
      if (!options.json) printFinding(finding, streams);
    }
  } catch (error) {
    if (interrupt.exitCode() === undefined) throw error;
  }
  if (options.json) printFindings(findings, streams);
  const anyFailed = findings.some((finding) => finding.status === "fail");
  return interrupt.exitCode() ?? (anyFailed ? EXIT.failed : EXIT.success);
}

/** Each check needs what those before it have shown: the first that fails ends it. */
async function* look(
  profile: VcenterProfile,
  options: CheckOptions,
  { signal }: Interrupt,
): AsyncGenerator<Finding> {
  const clock = systemClock;
  try {
    const probe = await probeVcenter(profile, { clock, signal });
    yield* lookAtConnection(probe);
    if (probe.tls?.problem !== undefined) return;
  } catch (error) {
    signal.throwIfAborted();
    yield failed("reach", error);
    return;
  }

  const logInOnce = () => logIn(profile, { clock, log: silentLogger, signal });
  let client: VcenterClient | undefined;
  try {
    client = await logInOnce();
    yield* lookAtLibraries(client);
    if (options.probeItem !== undefined) {
      yield* probeItem(options.probeItem, { client, logInAgain: logInOnce, clock, signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    yield failed(client === undefined ? "log-in" : "libraries", error);
  } finally {
    await client?.logOut();
  }
}
