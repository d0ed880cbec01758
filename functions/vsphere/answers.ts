import type { Checksum } from "../checksum.ts";
import type { LocalizableMessage } from "../errors.ts";
import { Fields, listOf, Malformed } from "./fields.ts";
import type {
  DownloadSession,
  DownloadSessionFile,
  ItemFile,
  Library,
  LibraryItem,
  LoginSession,
  TransferEndpoint,
} from "./model.ts";

// What vCenter returns, read into the model. Fields that nothing can do without are required. Counters, flags and
// texts that a server may leave out when they are 0, false or empty (vcsim does) have that as their default.
// Every function throws Malformed.

export function id(result: unknown): string {
  if (typeof result === "string" && result !== "") return result;
  throw new Malformed("the result is not an id");
}

/** Empty for `null`, which is how vcsim says that it has found nothing. No answer at all is no list. */
export function ids(result: unknown): string[] {
  return result === null ? [] : listOf(result).map(id);
}

/** For operations without a result, whatever the server sends. */
export function nothing(): undefined {
  return undefined;
}

export function loginSession(result: unknown): LoginSession {
  const fields = new Fields(result);
  return {
    user: fields.text("user"),
    createdTime: fields.optionalText("created_time"),
    lastAccessedTime: fields.optionalText("last_accessed_time"),
  };
}

export function library(result: unknown): Library {
  const fields = new Fields(result);
  return {
    id: fields.text("id"),
    name: fields.text("name"),
    type: fields.text("type"),
    description: fields.optionalText("description") ?? "",
  };
}

export function item(result: unknown): LibraryItem {
  const fields = new Fields(result);
  return {
    id: fields.text("id"),
    libraryId: fields.text("library_id"),
    name: fields.text("name"),
    type: fields.optionalText("type") ?? "",
    contentVersion: fields.optionalText("content_version") ?? "",
    size: fields.optionalLong("size") ?? 0,
    cached: fields.optionalBoolean("cached") ?? false,
  };
}

export function itemFile(result: unknown, path?: string): ItemFile {
  const fields = new Fields(result, path);
  return {
    name: fields.text("name"),
    size: fields.optionalLong("size") ?? 0,
    cached: fields.optionalBoolean("cached") ?? false,
    version: fields.optionalText("version") ?? "",
    checksum: checksum(fields),
  };
}

export function itemFiles(result: unknown): ItemFile[] {
  return listOf(result).map((file, index) => itemFile(file, `[${index}]`));
}

export function downloadSession(result: unknown): DownloadSession {
  const fields = new Fields(result);
  return {
    libraryItemId: fields.text("library_item_id"),
    contentVersion: fields.optionalText("library_item_content_version") || undefined,
    state: fields.text("state").trim(),
    clientProgress: fields.optionalLong("client_progress") ?? 0,
    expirationTime: fields.optionalTime("expiration_time"),
    errorMessage: errorMessage(fields),
  };
}

/** Undefined for `null`, which is how vcsim says that there is no such file. */
export function sessionFile(result: unknown): DownloadSessionFile | undefined {
  return result === null ? undefined : oneSessionFile(result);
}

export function sessionFiles(result: unknown): DownloadSessionFile[] {
  return listOf(result).map((file, index) => oneSessionFile(file, `[${index}]`));
}

function oneSessionFile(result: unknown, path?: string): DownloadSessionFile {
  const fields = new Fields(result, path);
  return {
    name: fields.text("name"),
    status: fields.text("status").trim(),
    size: fields.optionalLong("size"),
    bytesTransferred: fields.optionalLong("bytes_transferred") ?? 0,
    downloadEndpoint: endpoint(fields.optionalStructure("download_endpoint")),
    checksum: checksum(fields),
    errorMessage: errorMessage(fields),
  };
}

function endpoint(fields: Fields | undefined): TransferEndpoint | undefined {
  return (
    fields && {
      uri: fields.text("uri"),
      sslCertificateThumbprint: fields.optionalText("ssl_certificate_thumbprint")?.trim() || undefined,
      sslCertificate: fields.optionalText("ssl_certificate")?.trim() || undefined,
    }
  );
}

/** "If not specified the default checksum algorithm is SHA1" (vSphere 6.5 reference). */
function checksum(file: Fields): Checksum | undefined {
  const fields = file.optionalStructure("checksum_info");
  const value = fields?.text("checksum").trim();
  if (!fields || !value) return undefined;
  return { algorithm: fields.optionalText("algorithm")?.trim() || "SHA1", value: value.toLowerCase() };
}

function errorMessage(parent: Fields): LocalizableMessage | undefined {
  const fields = parent.optionalStructure("error_message");
  return fields && localizableMessage(fields);
}

/** Takes what is there: a message that explains a failure must not become a failure of its own. */
export function localizableMessage(fields: Fields): LocalizableMessage {
  return {
    id: fields.optionalText("id") ?? "",
    defaultMessage: withoutUris(fields.optionalText("default_message") ?? ""),
    args: fields.list("args").flatMap((argument) => {
      return typeof argument === "object" ? [] : [withoutUris(String(argument))];
    }),
  };
}

/** vCenter's words may quote a download URI, which is a capability: only its host is kept. */
function withoutUris(text: string): string {
  return text.replace(/\b(https?:\/\/)(?:[^\s/"'<>@]*@)?([^\s/"'<>]+)[^\s"'<>]*/gi, "$1$2/...");
}
