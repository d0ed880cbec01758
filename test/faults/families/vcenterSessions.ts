import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { ALWAYS, type Family, LARGE_BYTES, type Scenario, type Scene } from "../scenario.ts";
import { midway } from "./midway.ts";

/** What becomes of a file's download session, and of log-ins, while it is on its way. */
export const vcenterSessions: Family = {
  title: "Sessions in vCenter",
  about:
    "What time, somebody else or a restart does to the sessions that a file needs. After a refused log-in nothing " +
    "more is asked of vCenter, so that the account is not locked: a download session then ends by its lease.",
  scenarios: [
    {
      name: "download session: expires before the transfer",
      fault: {
        during: ["TransferFile"],
        around: async ({ invoke }, scene) => {
          expire(scene);
          return invoke();
        },
      },
      expect: { outcome: "EXPORTED" },
    },
    {
      name: "download session: expires while the file is prepared",
      fault: {
        given: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] },
        during: ["PollFile"],
        around: async ({ invoke, number }, scene) => {
          if (number === 1) expire(scene);
          return invoke();
        },
      },
      expect: { outcome: "EXPORTED" },
    },
    midway(
      "download session: expires in the middle, and the bytes end cleanly",
      expire,
      "DownloadSessionLost",
      {
        behaviour: { framing: "chunked", ranges: false, onLeaseEnd: "truncate" },
      },
    ),
    midway(
      "download session: expires in the middle, and the connection breaks",
      expire,
      "DownloadSessionLost",
      {
        behaviour: { onLeaseEnd: "reset" },
      },
    ),
    midway("download session: expires in the middle, and the bytes go on", expire, "DownloadSessionLost", {
      behaviour: { onLeaseEnd: "continue" },
    }),
    midway("download session: cancelled by another in the middle", cancel, "DownloadSessionLost"),
    {
      name: "download session: cannot be kept alive for its whole lease",
      fault: {
        during: ["PrepareFile", "TransferFile"],
        bytes: LARGE_BYTES,
        behaviour: { leaseSeconds: 30 },
        vcenter: [
          { on: "download-session.keep-alive", status: 500, times: ALWAYS },
          { on: "data", hang: true, afterBytes: LARGE_BYTES / 2 },
        ],
      },
      expect: { outcome: "DownloadSessionLost" },
    },

    keptAlive("503 once", { status: 503 }, "EXPORTED"),
    keptAlive("connection cut once", { reset: true }, "EXPORTED"),
    keptAlive("401 once", { status: 401 }, "EXPORTED"),
    keptAlive("403", { status: 403, times: ALWAYS }, "PermissionDenied"),
    keptAlive("404", { status: 404, times: ALWAYS }, "DownloadSessionLost"),

    midway("log-in: ends in the middle", ({ workflow }) => workflow.vcenter.expireLogins(), "EXPORTED"),
    midway(
      "log-in: ends in the middle, and the download session with it",
      ({ workflow }) => workflow.vcenter.expireLogins(),
      "DownloadSessionLost",
      { given: { sessionsDieWithLogin: true } },
    ),
    {
      name: "log-in: the password is another when the file is moved",
      fault: { during: ["TransferFile"], profile: () => ({ password: randomUUID() }) },
      expect: {
        outcome: "LoginRefused",
        siblings: ["EXPORTED", "LoginRefused"],
        refusedLogIns: 1,
        left: ["download session"],
      },
    },
    {
      name: "log-in: the password is another when the file is there",
      fault: { during: ["CompleteFile"], profile: () => ({ password: randomUUID() }) },
      expect: {
        outcome: "EXPORTED",
        siblings: ["EXPORTED", "LoginRefused"],
        refusedLogIns: 1,
        left: ["download session"],
      },
    },
  ],
};

/** An answer to the keep-alive in the middle, for which the bytes wait. */
function keptAlive(answer: string, fault: Omit<VcenterFault, "on">, outcome: string): Scenario {
  return {
    name: `keep alive, in the middle: ${answer}`,
    fault: {
      during: ["PrepareFile", "TransferFile"],
      bytes: LARGE_BYTES,
      behaviour: { leaseSeconds: 120 },
      vcenter: ({ workflow: { vcenter } }) => [
        { ...fault, on: "download-session.keep-alive" },
        {
          on: "data",
          afterBytes: LARGE_BYTES / 2,
          meanwhile: () =>
            expect
              .poll(() => vcenter.faultsMet.map(({ on }) => on), { interval: 10, timeout: 10_000 })
              .toContain("download-session.keep-alive"),
        },
      ],
    },
    expect: { outcome },
  };
}

function expire({ workflow: { vcenter } }: Scene): void {
  for (const { id } of vcenter.openDownloadSessions()) vcenter.expireDownloadSession(id);
}

function cancel({ workflow: { vcenter } }: Scene): void {
  for (const { id } of vcenter.openDownloadSessions()) vcenter.cancelDownloadSession(id);
}
