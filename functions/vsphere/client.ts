import type { Clock } from "../clock.ts";
import type { VcenterProfile } from "../config.ts";
import { FileNotFound, InvalidArgument, InvalidInput, UnexpectedResponse } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { plainConnector, verifiedConnector } from "../tls.ts";
import { apiDialect } from "./api.ts";
import { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { downloadTarget } from "./endpoint.ts";
import { openHttp } from "./http.ts";
import { jsonCodec } from "./json.ts";
import type { DialectName, DownloadSessionFile, VcenterClient } from "./model.ts";
import { restDialect } from "./rest.ts";
import { xmlCodec } from "./xml.ts";

export interface LogInOptions {
  clock: Clock;
  log: Logger;
  metrics?: Metrics | undefined;
  /** Stops every call but those that end something: cancel, fail, delete, log out. */
  signal?: AbortSignal;
  /** Between 0 and 1, for the jitter of the backoff. */
  random?: () => number;
  /** Longest time from a request to the last byte of its answer. @default a minute */
  answerMilliseconds?: number | undefined;
}

/**
 * Logs in to the profile's vCenter, in the profile's dialect or in the first one that it has.
 *
 * @throws LoginRefused when user name or password are wrong. It must not be tried again with the same ones.
 * @throws CertificateMismatch when the certificate is not the one expected. Nothing has been sent.
 * @throws UnexpectedResponse when there is no vSphere API at the URL, or none in that dialect
 * @throws VcenterUnavailable, PermissionDenied, VcenterFailure
 */
export async function logIn(profile: VcenterProfile, options: LogInOptions): Promise<VcenterClient> {
  if (profile.username.includes(":")) {
    throw new InvalidInput(`vCenter profile "${profile.name}": username: HTTP Basic cannot carry a colon`);
  }
  const url = new URL(profile.url);
  const connect = url.protocol === "http:" ? plainConnector() : verifiedConnector(profile);
  const { answerMilliseconds } = options;
  const http = openHttp(url, connect, answerMilliseconds === undefined ? {} : { answerMilliseconds });
  try {
    for (const dialect of candidates(profile.dialect)) {
      const connection = new Connection(http, dialect, profile, { random: Math.random, ...options });
      if (await connection.logIn()) {
        options.log.info("Logged in to vCenter", { vcenter: profile.name, dialect: dialect.name });
        return clientOf(connection, profile);
      }
    }
    const missing = profile.dialect === "auto" ? "neither /api nor /rest is" : `no ${profile.dialect} API is`;
    throw new UnexpectedResponse(
      `[POST log-in] at ${url.host}: 404: ${missing} there. Check that the URL is vCenter's, and its port`,
      { status: 404 },
    );
  } catch (error) {
    await http.close();
    throw error;
  }
}

const DIALECTS: Record<DialectName, Dialect> = {
  api: apiDialect,
  "rest-json": restDialect("rest-json", jsonCodec),
  "rest-xml": restDialect("rest-xml", xmlCodec),
};

/** XML has to be asked for: every vCenter that speaks it speaks JSON too. */
function candidates(dialect: VcenterProfile["dialect"]): Dialect[] {
  return dialect === "auto" ? [DIALECTS.api, DIALECTS["rest-json"]] : [DIALECTS[dialect]];
}

function clientOf(connection: Connection, profile: VcenterProfile): VcenterClient {
  const call = connection.call.bind(connection);
  return {
    dialect: connection.dialect.name,

    listLibraries: () => call("listLibraries"),
    findLibraries: ({ name, type }) => call("findLibraries", { spec: { name, type } }),
    getLibrary: (libraryId) => call("getLibrary", { library_id: libraryId }),
    listItems: (libraryId) => call("listItems", { library_id: libraryId }),
    findItems: ({ name, libraryId, type }) =>
      call("findItems", { spec: { name, library_id: libraryId, type } }),
    getItem: (itemId) => call("getItem", { library_item_id: itemId }),
    listItemFiles: (itemId) => call("listItemFiles", { library_item_id: itemId }),
    getItemFile: (itemId, fileName) => call("getItemFile", { library_item_id: itemId, name: fileName }),

    createDownloadSession: (itemId, clientToken) =>
      call("createDownloadSession", { client_token: clientToken, create_spec: { library_item_id: itemId } }),
    listDownloadSessions: (itemId) => call("listDownloadSessions", { library_item_id: itemId }),
    getDownloadSession: (sessionId) => call("getDownloadSession", { download_session_id: sessionId }),
    keepDownloadSessionAlive: (sessionId, progress) =>
      call("keepDownloadSessionAlive", { download_session_id: sessionId, progress }),
    cancelDownloadSession: (sessionId) => call("cancelDownloadSession", { download_session_id: sessionId }),
    failDownloadSession: (sessionId, clientErrorMessage) =>
      call("failDownloadSession", {
        download_session_id: sessionId,
        client_error_message: clientErrorMessage,
      }),
    deleteDownloadSession: (sessionId) => call("deleteDownloadSession", { download_session_id: sessionId }),

    listSessionFiles: (sessionId) => call("listSessionFiles", { download_session_id: sessionId }),
    getSessionFile: (sessionId, fileName) =>
      sessionFile(
        fileName,
        sessionId,
        call("getSessionFile", { download_session_id: sessionId, file_name: fileName }),
      ),
    prepareSessionFile: (sessionId, fileName, endpointType) =>
      sessionFile(
        fileName,
        sessionId,
        call("prepareSessionFile", {
          download_session_id: sessionId,
          file_name: fileName,
          endpoint_type: endpointType,
        }),
      ),

    downloadTarget: (endpoint) => downloadTarget(endpoint, profile, connection.token),
    getLoginSession: () => call("getLoginSession"),
    logOut: () => connection.close(),
  };
}

/** "400 invalid_argument if there is no file with the specified file_name" (vSphere 6.5 reference, prepare). */
async function sessionFile(
  fileName: string,
  sessionId: string,
  answer: Promise<DownloadSessionFile | undefined>,
): Promise<DownloadSessionFile> {
  try {
    const file = await answer;
    if (file !== undefined) return file;
    throw new FileNotFound(`Download session ${sessionId} has no file "${fileName}"`);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    throw new FileNotFound(`Download session ${sessionId} has no file "${fileName}": ${error.message}`, {
      cause: error,
    });
  }
}
