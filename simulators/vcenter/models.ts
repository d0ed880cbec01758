import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { Behaviour } from "./behaviour.ts";
import type { DownloadSession } from "./downloadSessions.ts";
import type { StoredFile, StoredItem } from "./inventory.ts";
import type { Vcenter } from "./operations.ts";
import type { SessionFile } from "./sessionFile.ts";

// What goes over the wire, with the members that the vSphere Automation API documents. JSON and XML leave out
// what is undefined.

export function itemModel(item: StoredItem) {
  return {
    id: item.id,
    library_id: item.libraryId,
    name: item.name,
    description: "",
    type: item.type,
    content_version: String(item.contentVersion),
    metadata_version: "1",
    version: "1",
    size: item.files.reduce((sum, file) => sum + sizeOnStorage(file), 0),
    cached: item.files.every((file) => file.cached),
  };
}

export async function itemFileModel({ behaviour, inventory }: Vcenter, file: StoredFile) {
  const algorithm = file.checksum ?? behaviour.itemChecksum;
  const digest = algorithm !== "never" && file.cached && (await inventory.digest(file.content, algorithm));
  return {
    name: file.name,
    size: sizeOnStorage(file),
    cached: file.cached,
    version: String(file.version),
    checksum_info:
      algorithm !== "never" && digest
        ? checksumInfo(behaviour, algorithm, digest, behaviour.wrongItemChecksums.includes(file.name))
        : undefined,
  };
}

export function sessionModel(behaviour: Behaviour, session: DownloadSession) {
  return {
    library_item_id: session.itemId,
    library_item_content_version: behaviour.tellsContentVersion
      ? String(session.itemContentVersion)
      : undefined,
    client_progress: session.clientProgress,
    state: session.state,
    expiration_time: new Date(session.expirationTime).toISOString(),
    error_message: localizable("client_error", session.errorMessage),
  };
}

/** Counts as a poll of the file. */
export async function sessionFileModel(vcenter: Vcenter, session: DownloadSession, file: SessionFile) {
  const { behaviour, now, endpoints } = vcenter;
  file.poll(now());
  const { status, errorMessage } = file.preparation;
  if (status === "PREPARED") file.stored.cached = true;
  return {
    name: file.stored.name,
    status,
    bytes_transferred: file.bytesTransferred,
    size: sessionFileSize(behaviour, file),
    checksum_info: await sessionChecksum(vcenter, file),
    download_endpoint: status === "PREPARED" ? await endpoints.of(session, file) : undefined,
    error_message: localizable("prepare_failed", errorMessage),
  };
}

function sessionFileSize(behaviour: Behaviour, file: SessionFile): number | undefined {
  const { size } = file.stored.content;
  if (behaviour.sessionSize === "never") return undefined;
  if (behaviour.sessionSize === "always") return size;
  if (!file.settled(behaviour.sessionChecksumDelayPolls)) return undefined;
  return behaviour.sessionSize === "wrong" ? size + 1 : size;
}

async function sessionChecksum({ behaviour, inventory }: Vcenter, file: SessionFile) {
  const algorithm = behaviour.sessionChecksum;
  if (algorithm === "never" || !file.settled(behaviour.sessionChecksumDelayPolls)) return undefined;
  const { content, name } = file.stored;
  // Of bytes that were sent in several ranges there is no digest along the way.
  const digest = file.digest(algorithm) ?? (await inventory.digest(content, algorithm));
  return checksumInfo(behaviour, algorithm, digest, behaviour.wrongSessionChecksums.includes(name));
}

function checksumInfo(behaviour: Behaviour, algorithm: ChecksumAlgorithm, digest: string, wrong: boolean) {
  return {
    algorithm: algorithm === "SHA1" && behaviour.omitsDefaultAlgorithm ? undefined : algorithm,
    checksum: wrong ? [...digest].reverse().join("") : digest,
  };
}

function localizable(id: string, message: string | undefined) {
  return message === undefined ? undefined : { id: `simulator.${id}`, default_message: message, args: [] };
}

/** Content that is not cached takes no storage. */
function sizeOnStorage(file: StoredFile): number {
  return file.cached ? file.content.size : 0;
}
