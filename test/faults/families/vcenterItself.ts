import { ALWAYS, FAULTED, type Family, type Scenario } from "../scenario.ts";
import { midway } from "./midway.ts";

/** Nobody listens there: the service that once was (tcpmux) is nowhere any more. */
const NOWHERE = "https://127.0.0.1:1";

/** What becomes of the item, its preparation, the user's privileges and vCenter while a file is on its way. */
export const vcenterItself: Family = {
  title: "Items, privileges and vCenter itself",
  about: "What somebody else does in vCenter, or what happens to it, while a file is on its way.",
  scenarios: [
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
