import { handlers } from "../../functions/handlers/index.ts";
import type { FileState } from "../../functions/workflow.ts";
import type { Workflow } from "../workflow/harness.ts";

/** Name of the execution that the tests play. */
export const RUN = "run-1";

/** The state with which the disk of item "ubuntu" comes to PrepareFile. */
export async function resolved({ services }: Workflow): Promise<FileState> {
  const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["disk-0.vmdk"] };
  const { item, files } = await handlers.ResolveItem({ run: RUN, input }, services);
  const [file] = files;
  if (file === undefined) throw new Error("the sample has a disk");
  return { item, file, session: null, transfer: { done: false, cursor: null, result: null } };
}

/** The same, prepared, as it comes to TransferFile. */
export async function prepared(workflow: Workflow): Promise<FileState> {
  const state = await resolved(workflow);
  return { ...state, session: await handlers.PrepareFile(state, workflow.services) };
}
