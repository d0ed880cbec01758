import {
  startVcenter,
  type VcenterOptions,
  type VcenterSimulator,
} from "../../../simulators/vcenter/index.ts";

export interface WatchedVcenter {
  vcenter: VcenterSimulator;
  /** All that it has given out so far and that is a secret: the password, tokens, and keys of download URIs. */
  secrets(): { password: string; tokens: string[]; downloadKeys: string[] };
}

/** Starts a simulated vCenter whose secrets are noted, for those who look for them where they do not belong. */
export async function startWatchedVcenter(options: VcenterOptions): Promise<WatchedVcenter> {
  const tokens = new Set<string>();
  const downloadKeys = new Set<string>();
  let vcenter: VcenterSimulator | undefined;
  let looking = false;
  const look = ({ openLogins, openDownloadSessions }: VcenterSimulator) => {
    looking = true;
    for (const { token } of openLogins()) tokens.add(token);
    for (const { key } of openDownloadSessions()) downloadKeys.add(key);
    looking = false;
  };
  vcenter = await startVcenter({
    ...options,
    // It asks for the time whenever a log-in or a download session is used: both are then there to be seen.
    now: () => {
      if (vcenter !== undefined && !looking) look(vcenter);
      return Date.now();
    },
  });
  const { password } = vcenter;
  return {
    vcenter,
    secrets: () => ({ password, tokens: [...tokens], downloadKeys: [...downloadKeys] }),
  };
}
