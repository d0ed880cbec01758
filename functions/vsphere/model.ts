import type { Checksum } from "../checksum.ts";
import type { LocalizableMessage } from "../errors.ts";
import type { ConnectorMaker } from "../tls.ts";

/**
 * What the content library API speaks of, in one shape for all dialects. Field names are the API's own in camel
 * case. Enumerations are open: a member that a newer vCenter adds survives as the string it is.
 * Source: vSphere Automation API, `com.vmware.content` (6.5 to 9.x).
 */
type Open<Known extends string> = Known | (string & {});

export interface Library {
  id: string;
  name: string;
  type: Open<"LOCAL" | "SUBSCRIBED">;
  description: string;
}

export interface LibraryItem {
  id: string;
  libraryId: string;
  name: string;
  /** `ovf`, `iso`, `vm-template` or any other type; empty when vCenter gives none. */
  type: string;
  /**
   * Changes when the list of files or their content changes, not with name or description. Empty on a server that
   * does not tell (vcsim): then nothing can be concluded from it.
   */
  contentVersion: string;
  /** Bytes used on storage; 0 when not cached. */
  size: number;
  /** False when the content of a subscribed item has not been fetched from its publisher yet. */
  cached: boolean;
}

export interface ItemFile {
  name: string;
  /** Bytes used on storage, which may differ from the bytes of the download for a disk; 0 when not cached. */
  size: number;
  cached: boolean;
  /** Changes when the file is uploaded again. */
  version: string;
  /** Known up front only sometimes. */
  checksum?: Checksum;
}

export interface DownloadSession {
  libraryItemId: string;
  /** The item's content version when the session was created; absent on servers that do not tell. */
  contentVersion?: string;
  state: Open<"ACTIVE" | "CANCELED" | "ERROR">;
  /** Percentage that the client reported last, 0 to 100. */
  clientProgress: number;
  /** The lease: the session does not expire before. */
  expirationTime?: Date;
  errorMessage?: LocalizableMessage;
}

export type PrepareStatus = Open<"UNPREPARED" | "PREPARE_REQUESTED" | "PREPARING" | "PREPARED" | "ERROR">;

export type EndpointType = "HTTPS" | "DIRECT";

export interface TransferEndpoint {
  /** A capability: whoever has it can download the file. It goes into no log, state, record or error. */
  uri: string;
  /** SHA-1 (40 hex digits) or SHA-256 (64) of the DER certificate, in any case and with any separators. */
  sslCertificateThumbprint?: string;
  /** PEM (vSphere 9). */
  sslCertificate?: string;
}

export interface DownloadSessionFile {
  name: string;
  status: PrepareStatus;
  /** Bytes; guaranteed only once the download is complete. */
  size?: number;
  bytesTransferred: number;
  /** Only when PREPARED. */
  downloadEndpoint?: TransferEndpoint;
  /** Always calculated by vCenter, but only set when the download is complete. */
  checksum?: Checksum;
  errorMessage?: LocalizableMessage;
}

export interface FindLibrary {
  name?: string;
  type?: "LOCAL" | "SUBSCRIBED";
}

export interface FindItem {
  name?: string;
  libraryId?: string;
  type?: string;
}

export type DialectName = "api" | "rest-json" | "rest-xml";

/**
 * A logged-in vCenter. Every call throws a `VcenterError` of errors.ts, or `CertificateMismatch`.
 * 401 in the middle leads to one new log-in; 503 and failed connections are tried again, with backoff, where
 * repeating is safe.
 */
export interface VcenterClient {
  readonly dialect: DialectName;

  listLibraries(): Promise<string[]>;
  findLibraries(spec: FindLibrary): Promise<string[]>;
  getLibrary(libraryId: string): Promise<Library>;
  listItems(libraryId: string): Promise<string[]>;
  findItems(spec: FindItem): Promise<string[]>;
  getItem(itemId: string): Promise<LibraryItem>;
  listItemFiles(itemId: string): Promise<ItemFile[]>;
  getItemFile(itemId: string, fileName: string): Promise<ItemFile>;

  /** Returns the session's id. The same `clientToken` gives the same session, so the call is safe to repeat. */
  createDownloadSession(itemId: string, clientToken: string): Promise<string>;
  /** Ids of the caller's own sessions, of one item or of all. */
  listDownloadSessions(itemId?: string): Promise<string[]>;
  getDownloadSession(sessionId: string): Promise<DownloadSession>;
  /** Extends the lease. `progress` is the percentage done, 0 to 100. */
  keepDownloadSessionAlive(sessionId: string, progress?: number): Promise<void>;
  cancelDownloadSession(sessionId: string): Promise<void>;
  failDownloadSession(sessionId: string, clientErrorMessage: string): Promise<void>;
  deleteDownloadSession(sessionId: string): Promise<void>;

  listSessionFiles(sessionId: string): Promise<DownloadSessionFile[]>;
  /** @throws FileNotFound when the session's item has no such file */
  getSessionFile(sessionId: string, fileName: string): Promise<DownloadSessionFile>;
  /** @throws FileNotFound when the session's item has no such file */
  prepareSessionFile(
    sessionId: string,
    fileName: string,
    endpointType?: EndpointType,
  ): Promise<DownloadSessionFile>;

  /**
   * Checks the endpoint against the profile's rules and returns what is needed to download from it.
   * @throws EndpointNotSupported for `file:`, `ds:` and unknown schemes
   * @throws EndpointNotAllowed for a host that is not on the list, or `http:` where it is not allowed
   */
  downloadTarget(endpoint: TransferEndpoint): DownloadTarget;

  /** Who is logged in, and since when. */
  getLoginSession(): Promise<LoginSession>;
  /** Ends the log-in. Never throws: a session that stays behind ends by itself. */
  logOut(): Promise<void>;
}

/** The log-in session's own view, for `library-export check`. */
export interface LoginSession {
  user: string;
  createdTime?: string;
  lastAccessedTime?: string;
}

/** Where and how to download a prepared file. `uri` is a capability and `headers` may hold the session's token. */
export interface DownloadTarget {
  uri: string;
  headers: Record<string, string>;
  /** Makes connectors that open connections whose certificate has been verified by the endpoint's rules. */
  connector: ConnectorMaker;
}
