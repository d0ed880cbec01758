import type { Family } from "../scenario.ts";
import { scenariosOf } from "./vcenterAnswers.ts";

const LOGIN_REFUSED = {
  outcome: "LoginRefused",
  siblings: ["EXPORTED", "LoginRefused"] as [string, string],
  refusedLogIns: 1 as const,
};

/** A log-in that succeeded, of which nobody learned the token: vCenter ends it once it has been idle for long enough. */
const TOKEN_UNKNOWN = { outcome: "UnexpectedResponse", left: ["log-in"] };

/** vCenter's answers to each call that the workflow makes. */
export const vcenterCalls: Family = {
  title: "vCenter's answers",
  about:
    "What vCenter answers, or does not, to a call that the workflow makes for the item, or for one file of it.",
  scenarios: [
    ...scenariosOf(
      "log-in",
      { on: "session.create", during: ["PrepareFile"] },
      {
        "the connection is cut once": "EXPORTED",
        "the connection is cut each time": "VcenterUnavailable",
        "no answer once": "EXPORTED",
        "a slow answer": "EXPORTED",
        "401 once": LOGIN_REFUSED,
        "401 each time": LOGIN_REFUSED,
        "403": "PermissionDenied",
        "404": "UnexpectedResponse",
        "429 once": "EXPORTED",
        "429 each time": "VcenterUnavailable",
        "500": "VcenterFailure",
        "503 once": "EXPORTED",
        "503 each time": "VcenterUnavailable",
        "a proxy's HTML page": TOKEN_UNKNOWN,
        "JSON cut short": TOKEN_UNKNOWN,
        "fields of other types": TOKEN_UNKNOWN,
        "an XML bomb": "UnexpectedResponse",
      },
    ),
    ...scenariosOf(
      "download session, create",
      { on: "download-session.create", during: ["PrepareFile"] },
      {
        "the connection is cut once": "EXPORTED",
        "the connection is cut each time": "VcenterUnavailable",
        "no answer once": "EXPORTED",
        "a slow answer": "EXPORTED",
        "401 once": "EXPORTED",
        "401 each time": "VcenterFailure",
        "403": "PermissionDenied",
        "404": "ItemNotFound",
        "429 once": "EXPORTED",
        "429 each time": "VcenterUnavailable",
        "500": "VcenterFailure",
        "503 once": "EXPORTED",
        "503 each time": "VcenterUnavailable",
        "a proxy's HTML page": "UnexpectedResponse",
        "JSON cut short": "UnexpectedResponse",
        "fields of other types": "UnexpectedResponse",
        "an XML bomb": "UnexpectedResponse",
      },
    ),
  ],
};
