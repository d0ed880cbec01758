import { ExportError, NotFound } from "../../functions/errors.ts";
import type { VcenterClient } from "../../functions/vsphere/model.ts";
import { NO_LIBRARY_HINT } from "../find.ts";
import { failed } from "./failed.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** What the user who has just logged in may see and do. */
export async function* lookAtLibraries(client: VcenterClient): AsyncGenerator<Finding> {
  const { user } = await client.getLoginSession();
  yield ok("log-in", `as ${user}, in the dialect ${client.dialect}`, { dialect: client.dialect });
  const libraries = await client.listLibraries();
  const facts = { libraries: libraries.length };
  if (libraries.length === 0) yield fail("libraries", NO_LIBRARY_HINT, facts);
  else yield ok("libraries", `${libraries.length} visible`, facts);
  yield await lookAtSessions(client);
}

/** Listing one's own download sessions takes the privilege that creating one does, and has no effect. */
async function lookAtSessions(client: VcenterClient): Promise<Finding> {
  try {
    const sessions = (await client.listDownloadSessions()).length;
    if (sessions === 0) return ok("download sessions", "none of this user's is open", { sessions });
    const text = `${sessions} of this user's are open: from exports that run, or from a program that left them`;
    return warn("download sessions", text, { sessions });
  } catch (error) {
    if (error instanceof NotFound) return warn("download sessions", "cannot be listed", { sessions: null });
    if (error instanceof ExportError) return failed("download sessions", error);
    throw error;
  }
}
