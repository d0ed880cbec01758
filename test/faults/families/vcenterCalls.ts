import { type Expectation, FAULTED, type Family } from "../scenario.ts";
import { whatever } from "./expectations.ts";
import { scenariosOf, WITH_BODY, WITH_ENUM, WITHOUT_BODY } from "./vcenterAnswers.ts";

const LOG_IN_REFUSED: Expectation = {
  outcome: "LoginRefused",
  siblings: ["EXPORTED", "LoginRefused"],
  refusedLogIns: 1,
};

/** A log-in that succeeded, of which nobody learned the token: vCenter ends it once it has been idle for long enough. */
const TOKEN_UNKNOWN: Expectation = { outcome: "UnexpectedResponse", left: ["log-in"] };

/** A file that is not prepared at once is polled. */
const POLLED = { given: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] } };

/** A file whose transfer fails is cleaned up by AbortFile. */
const FAILING = { given: { wrongSessionChecksums: [FAULTED] } };

/** Not "no answer once": that takes all the time that a log-out may take. */
const LOG_OUTS = WITHOUT_BODY.filter((answer) => answer !== "no answer once");

/** vCenter's answers to each call that the workflow makes. */
export const vcenterCalls: Family = {
  title: "vCenter's answers",
  about:
    "What vCenter answers, or does not, to a call that the workflow makes for the item or for one file of it. Where " +
    "something is left behind, vCenter never told that it is there, or will not end it: a log-in then ends when it " +
    "has been idle for half an hour, a download session when its lease does, after five minutes.",
  scenarios: [
    ...scenariosOf("log-in", { on: "session.create", during: ["PrepareFile"] }, WITH_BODY, {
      "401 once": LOG_IN_REFUSED,
      "401 each time": LOG_IN_REFUSED,
      "404": "UnexpectedResponse",
      "JSON cut short": TOKEN_UNKNOWN,
      "fields of other types": TOKEN_UNKNOWN,
    }),
    ...scenariosOf("list the item's files", { on: "item-file.list", during: ["ResolveItem"] }, WITH_ENUM),
    ...scenariosOf(
      "create download session",
      { on: "download-session.create", during: ["PrepareFile"] },
      WITH_BODY,
      { "404": "ItemNotFound" },
    ),
    ...scenariosOf(
      "prepare file",
      { on: "download-session-file.prepare", during: ["PrepareFile"] },
      WITH_ENUM,
      { "404": "EXPORTED" },
    ),
    ...scenariosOf(
      "keep alive, while it is prepared",
      { on: "download-session.keep-alive", during: ["PollFile"], ...POLLED },
      WITHOUT_BODY,
      { "403": "EXPORTED", "404": "EXPORTED" },
    ),
    ...scenariosOf(
      "poll file",
      { on: "download-session-file.get", during: ["PollFile"], ...POLLED },
      WITH_ENUM,
      { "403": "EXPORTED", "404": "EXPORTED", "unknown enum value": "PreparationTimedOut" },
    ),
    ...scenariosOf(
      "get endpoint",
      { on: "download-session-file.get", skip: 1, during: ["TransferFile"] },
      WITH_ENUM,
      { "404": "DownloadSessionLost" },
    ),
    ...scenariosOf(
      "get checksum",
      { on: "download-session-file.get", skip: 2, during: ["TransferFile"] },
      WITH_ENUM,
      { "404": "DownloadSessionLost" },
    ),
    ...scenariosOf(
      "get download session, at the end",
      { on: "download-session.get", skip: 2, during: ["TransferFile"] },
      WITH_ENUM,
      { "404": "DownloadSessionLost", "unknown enum value": "DownloadSessionLost" },
    ),
    ...scenariosOf(
      "delete download session",
      { on: "download-session.delete", during: ["CompleteFile"] },
      WITHOUT_BODY,
      {
        ...whatever(WITHOUT_BODY, "EXPORTED"),
        ...whatever(["403", "404"], { outcome: "EXPORTED", left: ["download session"] }),
      },
    ),
    ...scenariosOf(
      "cancel download session, after a failure",
      { on: "download-session.cancel", during: ["AbortFile"], ...FAILING },
      WITHOUT_BODY,
      whatever(WITHOUT_BODY, "ChecksumMismatch"),
    ),
    ...scenariosOf("log-out", { on: "session.delete", during: ["PrepareFile"] }, LOG_OUTS, {
      ...whatever(LOG_OUTS, { outcome: "EXPORTED", left: ["log-in"] }),
      ...whatever(["connection cut once", "503 once"], "EXPORTED"),
    }),
  ],
};
