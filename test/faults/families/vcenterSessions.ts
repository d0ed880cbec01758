import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import {
  ALWAYS,
  type Expectation,
  FAULTED,
  type Family,
  LARGE_BYTES,
  type Scenario,
  type Scene,
} from "../scenario.ts";

/** Nobody listens there: the service that once was (tcpmux) is nowhere any more. */
const NOWHERE = "https://127.0.0.1:1";

/** What becomes of sessions, items and vCenter itself while a file is on its way. */
export const vcenterSessions: Family = {
  title: "Sessions, items and vCenter itself",
  about:
    "What somebody else, the time or a restart does in vCenter while a file is on its way. After a refused log-in nothing " +
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

    midway(
      "item: has another content version in the middle",
      ({ workflow, libraryItemId }) => workflow.vcenter.touchItem(libraryItemId),
      { outcome: "EXPORTED", siblings: ["EXPORTED", "ItemChanged"] },
    ),
    midway(
      "item: the file is replaced in the middle",
      ({ workflow, libraryItemId }) =>
        workflow.vcenter.replaceFile(libraryItemId, { name: FAULTED, content: Buffer.from("new") }),
      { outcome: "EXPORTED", siblings: ["EXPORTED", "ItemChanged"] },
    ),
    midway(
      "item: is deleted in the middle",
      ({ workflow, libraryItemId }) => workflow.vcenter.removeItem(libraryItemId),
      { outcome: "EXPORTED", siblings: ["EXPORTED", "ItemNotFound"] },
    ),
    {
      name: "item: has another content version before it is prepared",
      fault: {
        during: ["PrepareFile"],
        around: async ({ invoke }, { workflow, libraryItemId }) => {
          workflow.vcenter.touchItem(libraryItemId);
          return invoke();
        },
      },
      expect: { outcome: "ItemChanged", siblings: ["EXPORTED", "ItemChanged"] },
    },

    {
      name: "preparation: ends in ERROR",
      fault: { given: { prepareByFile: { [FAULTED]: [{ status: "ERROR" }] } } },
      expect: { outcome: "PreparationFailed" },
    },
    {
      name: "preparation: never ends",
      fault: { given: { prepareByFile: { [FAULTED]: [{ status: "PREPARING", polls: ALWAYS }] } } },
      expect: { outcome: "PreparationTimedOut" },
    },
    {
      name: "preparation: is forgotten",
      fault: {
        given: {
          prepareByFile: {
            [FAULTED]: [{ status: "PREPARING" }, { status: "UNPREPARED" }, { status: "PREPARED" }],
          },
        },
      },
      expect: { outcome: "EXPORTED" },
    },
    {
      name: "privilege: may not download any more",
      fault: { during: ["PrepareFile"], behaviour: { mayDownload: false } },
      expect: { outcome: "PermissionDenied" },
    },
    {
      name: "privilege: sees no library any more",
      fault: { during: ["ResolveItem"], behaviour: { librariesVisible: false } },
      expect: { outcome: "LibraryNotFound" },
    },

    down("ResolveItem", "VcenterUnavailable"),
    down("PrepareFile", "VcenterUnavailable"),
    down("TransferFile", "VcenterUnavailable"),
    down("CompleteFile", "EXPORTED"),
    {
      name: "vCenter: refuses every connection in AbortFile",
      fault: {
        during: ["AbortFile"],
        given: { wrongSessionChecksums: [FAULTED] },
        profile: { url: NOWHERE },
      },
      expect: { outcome: "ChecksumMismatch" },
    },
    {
      name: "vCenter: presents another certificate than the profile names",
      fault: { during: ["PrepareFile"], profile: { thumbprint: "00".repeat(32) } },
      expect: { outcome: "CertificateMismatch" },
    },
  ],
};

/** Something that happens once half of the file has been sent. */
function midway(
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

function down(
  name: "ResolveItem" | "PrepareFile" | "TransferFile" | "CompleteFile",
  outcome: string,
): Scenario {
  return {
    name: `vCenter: refuses every connection in ${name}`,
    fault: { during: [name], profile: { url: NOWHERE } },
    expect: { outcome },
  };
}

function expire({ workflow: { vcenter } }: Scene): void {
  for (const { id } of vcenter.openDownloadSessions()) vcenter.expireDownloadSession(id);
}

function cancel({ workflow: { vcenter } }: Scene): void {
  for (const { id } of vcenter.openDownloadSessions()) vcenter.cancelDownloadSession(id);
}
