import { STATUS_CODES } from "node:http";
import {
  InvalidArgument,
  type LocalizableMessage,
  NotAllowedInCurrentState,
  NotFound,
  PermissionDenied,
  type VcenterError,
  type VcenterErrorDetails,
  VcenterFailure,
  VcenterUnavailable,
} from "../errors.ts";
import { localizableMessage } from "./answers.ts";
import { bodyText, looksLikeHtml } from "./body.ts";
import type { Dialect } from "./dialect.ts";
import { Fields, Malformed } from "./fields.ts";
import type { HttpAnswer } from "./http.ts";

type ErrorClass = new (message: string, details: VcenterErrorDetails) => VcenterError;

/** What a status means. 400 is told apart by the error's type. */
const BY_STATUS: Record<number, ErrorClass> = {
  400: InvalidArgument,
  403: PermissionDenied,
  404: NotFound,
  429: VcenterUnavailable,
  502: VcenterUnavailable,
  503: VcenterUnavailable,
  504: VcenterUnavailable,
};

/** Decides where the status does not: vAPI maps error types to statuses, but not every release to the same. */
const BY_TYPE: Record<string, ErrorClass> = {
  INVALID_ARGUMENT: InvalidArgument,
  NOT_ALLOWED_IN_CURRENT_STATE: NotAllowedInCurrentState,
  NOT_FOUND: NotFound,
  SERVICE_UNAVAILABLE: VcenterUnavailable,
  UNAUTHORIZED: PermissionDenied,
};

/**
 * Makes the named error of an answer that is no success: by its status first, then by vCenter's error type. The
 * message holds vCenter's words in English.
 *
 * @param what names the request and what it was about: `[POST prepare] file "a.iso" of download session 5f..`
 */
export function failure(what: string, answer: HttpAnswer, dialect: Dialect): VcenterError {
  const { status } = answer;
  const words = readWords(answer, dialect);
  const { errorType } = words;
  const notAllowed = status === 400 && errorType === "NOT_ALLOWED_IN_CURRENT_STATE";
  const Named = notAllowed
    ? NotAllowedInCurrentState
    : (BY_STATUS[status] ?? BY_TYPE[errorType ?? ""] ?? VcenterFailure);
  const hint = Named === PermissionDenied ? PERMISSION_HINT : "";
  return new Named(`${what}: ${describeAnswer(answer, words)}${hint}`, { status, ...words });
}

const PERMISSION_HINT =
  '. The role needs the privilege "Content library > Download files", given as a global permission';

/** `404 NOT_FOUND: The download session does not exist.` */
export function describeAnswer(answer: HttpAnswer, words: Words): string {
  const said = words.messages.map((message) => message.defaultMessage || message.id).filter(Boolean);
  const page = looksLikeHtml(answer)
    ? ["an HTML page, so a proxy or another server may stand in vCenter's place"]
    : [];
  const type = words.errorType ?? STATUS_CODES[answer.status] ?? "";
  const text = [...said, ...page].join(" ").slice(0, LONGEST_WORDS);
  return [`${answer.status} ${type}`.trim(), text].filter(Boolean).join(": ");
}

const LONGEST_WORDS = 1000;

export interface Words {
  errorType: string | undefined;
  messages: LocalizableMessage[];
}

/** vCenter's own words. A body that is no vAPI error (a proxy's page, vcsim's plain text) has none. */
export function readWords(answer: HttpAnswer, dialect: Dialect): Words {
  try {
    const body = looksLikeHtml(answer) ? undefined : dialect.codec.readError(bodyText(answer));
    if (body === undefined) return { errorType: undefined, messages: [] };
    const { type, messages } = dialect.error(body);
    return {
      errorType: typeName(type),
      messages: messages.map((message) => localizableMessage(new Fields(message))),
    };
  } catch (error) {
    if (error instanceof Malformed) return { errorType: undefined, messages: [] };
    throw error;
  }
}

/** `NOT_FOUND` of `NOT_FOUND` and of `com.vmware.vapi.std.errors.not_found`. */
function typeName(type: string | undefined): string | undefined {
  return type?.trim().split(".").at(-1)?.toUpperCase() || undefined;
}
