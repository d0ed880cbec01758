import type { DownloadSession } from "./downloadSessions.ts";
import type { Vcenter } from "./operations.ts";
import type { SessionFile } from "./sessionFile.ts";
import { invalidArgument, unauthorized } from "./vapiError.ts";

export function sessionFile(session: DownloadSession, name: string): SessionFile {
  const file = session.files.find((candidate) => candidate.stored.name === name);
  if (!file) throw invalidArgument(`The download session has no file ${name}.`, name);
  return file;
}

/** Asks for a file to be made ready for download; the answers to come tell how far it is. */
export function prepareSessionFile(
  { behaviour, sessions, now }: Vcenter,
  session: DownloadSession,
  file: SessionFile,
  endpointType = "HTTPS",
): void {
  if (endpointType !== "HTTPS" && endpointType !== "DIRECT") {
    throw invalidArgument(`${endpointType} is not an endpoint type.`, endpointType);
  }
  if (endpointType === "DIRECT" && !behaviour.mayReadStorage)
    throw unauthorized("ContentLibrary.ReadStorage");
  sessions.requireActive(session, "prepare");
  file.endpointType = endpointType;
  const { name, prepare } = file.stored;
  file.preparation.request(behaviour.prepareByFile[name] ?? prepare ?? behaviour.prepare, now());
}
