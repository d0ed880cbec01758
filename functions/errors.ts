/**
 * The one list of errors. A name here is the contract between the functions and the state machine: Retry and
 * Catch match it, and people look it up in the README. A message says what happened, to which file or session,
 * and what the user can do. It never holds a download URI, a token or a password.
 */
export abstract class ExportError extends Error {
  abstract override readonly name: string;
}

// ---- Input and destination

/** The execution's input, a profile or an option is not what it must be. The message names the field. */
export class InvalidInput extends ExportError {
  override readonly name = "InvalidInput";
}

/** No vCenter profile of that name is configured. */
export class ProfileNotFound extends ExportError {
  override readonly name = "ProfileNotFound";
}

/** The destination bucket is not on the list of allowed buckets. */
export class DestinationNotAllowed extends ExportError {
  override readonly name = "DestinationNotAllowed";
}

/** The manifest or an object at the destination belongs to another item or vCenter. */
export class DestinationTaken extends ExportError {
  override readonly name = "DestinationTaken";
}

/** An object that may not be replaced is already at the key (`overwrite` rule, or not written by this tool). */
export class ObjectExists extends ExportError {
  override readonly name = "ObjectExists";
}

/** The object at the key was created or replaced by somebody else while the file was on its way. */
export class DestinationChanged extends ExportError {
  override readonly name = "DestinationChanged";
}

/** The bucket does not exist, belongs to another account, or may not be used with these credentials. */
export class DestinationDenied extends ExportError {
  override readonly name = "DestinationDenied";
}

/** S3 cannot be reached or keeps answering 5xx or SlowDown. Safe to try again later. */
export class DestinationUnavailable extends ExportError {
  override readonly name = "DestinationUnavailable";
}

/** S3 refused a request for a reason that trying again does not change. */
export class DestinationRefused extends ExportError {
  override readonly name = "DestinationRefused";
}

/** An object key would be longer than S3's 1,024 bytes. */
export class KeyTooLong extends ExportError {
  override readonly name = "KeyTooLong";
}

/** The object's user metadata would be larger than S3's 2 KB. */
export class MetadataTooLarge extends ExportError {
  override readonly name = "MetadataTooLarge";
}

/** Staging objects would be locked by the bucket's default retention: a staging bucket is needed. */
export class StagingNotPossible extends ExportError {
  override readonly name = "StagingNotPossible";
}

// ---- What is asked of vCenter

/** No library of that name or id is visible to the user. */
export class LibraryNotFound extends ExportError {
  override readonly name = "LibraryNotFound";
}

/** No item of that name or id is visible to the user. */
export class ItemNotFound extends ExportError {
  override readonly name = "ItemNotFound";
}

/** Several libraries or items have the name. The message lists their ids. */
export class NameNotUnique extends ExportError {
  override readonly name = "NameNotUnique";
}

/** The item has no file that can be downloaded (a VM template, or an item without content). */
export class NothingToExport extends ExportError {
  override readonly name = "NothingToExport";
}

/** The include and exclude globs leave no file. The message lists the item's files. */
export class NoFileMatches extends ExportError {
  override readonly name = "NoFileMatches";
}

/** The item has more files than one execution's state can hold. */
export class TooManyFiles extends ExportError {
  override readonly name = "TooManyFiles";
}

/** vCenter has no such file in the download session's item. */
export class FileNotFound extends ExportError {
  override readonly name = "FileNotFound";
}

/** The item's content version is no longer the one that was resolved at the start. */
export class ItemChanged extends ExportError {
  override readonly name = "ItemChanged";
}

// ---- vCenter's API

/** One entry of a vAPI error: `default_message` is the English text with `args` already substituted. */
export interface LocalizableMessage {
  id: string;
  defaultMessage: string;
  args: string[];
}

export interface VcenterErrorDetails {
  /** HTTP status of the answer; absent when there was none. */
  status?: number;
  /** `error_type` (/api) or the last part of `type` (/rest), in upper case: `NOT_FOUND`. */
  errorType?: string;
  messages?: LocalizableMessage[];
}

/** An answer of vCenter's that is an error, with vCenter's own words. */
export abstract class VcenterError extends ExportError {
  readonly status: number | undefined;
  readonly errorType: string | undefined;
  readonly messages: LocalizableMessage[];

  constructor(message: string, details: VcenterErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.status = details.status;
    this.errorType = details.errorType;
    this.messages = details.messages ?? [];
  }
}

/** vCenter refused user name or password (401 at log-in). Never tried again: accounts lock after a few. */
export class LoginRefused extends VcenterError {
  override readonly name = "LoginRefused";
}

/** 403: the user lacks a privilege. */
export class PermissionDenied extends VcenterError {
  override readonly name = "PermissionDenied";
}

/** 404: what was named does not exist (a download session that is gone, an item, a library). */
export class NotFound extends VcenterError {
  override readonly name = "NotFound";
}

/** 400: vCenter refuses the request's content. */
export class InvalidArgument extends VcenterError {
  override readonly name = "InvalidArgument";
}

/** 400 with `NOT_ALLOWED_IN_CURRENT_STATE`: the download session is not active any more. */
export class NotAllowedInCurrentState extends VcenterError {
  override readonly name = "NotAllowedInCurrentState";
}

/** 429, 502, 503, 504, or no connection at all, after the client's own retries. Safe to try again later. */
export class VcenterUnavailable extends VcenterError {
  override readonly name = "VcenterUnavailable";
}

/** Any other error that vCenter reports (500 and what this list does not name). */
export class VcenterFailure extends VcenterError {
  override readonly name = "VcenterFailure";
}

/** The answer is not what the API documents: HTML in place of JSON, malformed XML, a missing field. */
export class UnexpectedResponse extends VcenterError {
  override readonly name = "UnexpectedResponse";
}

/** The server's certificate is not the pinned one, or standard validation fails. */
export class CertificateMismatch extends ExportError {
  override readonly name = "CertificateMismatch";
  /** SHA-256 thumbprint of the certificate that was presented, `AA:BB:..`; absent when none was seen. */
  readonly presentedThumbprint: string | undefined;

  constructor(message: string, presentedThumbprint?: string, options?: ErrorOptions) {
    super(message, options);
    this.presentedThumbprint = presentedThumbprint;
  }
}

// ---- Preparation and endpoint

/** The file's status became ERROR. The message is vCenter's own. */
export class PreparationFailed extends ExportError {
  override readonly name = "PreparationFailed";
}

/** The file did not become PREPARED within the time allowed. */
export class PreparationTimedOut extends ExportError {
  override readonly name = "PreparationTimedOut";
}

/** The endpoint's URI scheme cannot be downloaded from (`file:`, `ds:`, unknown). */
export class EndpointNotSupported extends ExportError {
  override readonly name = "EndpointNotSupported";
}

/** The endpoint's host is not vCenter's own nor on the profile's list, or `http:` is not allowed. */
export class EndpointNotAllowed extends ExportError {
  override readonly name = "EndpointNotAllowed";
}

// ---- Moving a file

/** The endpoint answered with a status that is neither 200 nor 206, or cannot be used. */
export class SourceRefused extends ExportError {
  override readonly name = "SourceRefused";
}

/** The connection to the endpoint broke more often than the bound allows. Safe to try again later. */
export class TransferInterrupted extends ExportError {
  override readonly name = "TransferInterrupted";
}

/** The endpoint changed its mind about the file: total, ETag, or support for ranges. */
export class SourceChanged extends ExportError {
  override readonly name = "SourceChanged";
}

/** The download session ended, expired or was cancelled before the file was verified. */
export class DownloadSessionLost extends ExportError {
  override readonly name = "DownloadSessionLost";
}

/** The bytes received are not as many as the endpoint or vCenter says. */
export class SizeMismatch extends ExportError {
  override readonly name = "SizeMismatch";
}

/** The checksum of the bytes received is not the one that vCenter calculated. */
export class ChecksumMismatch extends ExportError {
  override readonly name = "ChecksumMismatch";
}

/** vCenter gave no checksum that can be verified, and `requireChecksum` asks for one. */
export class ChecksumRequired extends ExportError {
  override readonly name = "ChecksumRequired";
}

/** The file needs larger part buffers than the memory allows, or more than S3's largest object. */
export class FileTooLarge extends ExportError {
  override readonly name = "FileTooLarge";
}

/** The cursor of an unfinished transfer is malformed, or belongs to another file. */
export class CursorInvalid extends ExportError {
  override readonly name = "CursorInvalid";
}

/** The export was stopped by its user. */
export class Stopped extends ExportError {
  override readonly name = "Stopped";
}

/** Several files failed for different reasons. The message names each with its error. */
export class FilesFailed extends ExportError {
  override readonly name = "FilesFailed";
}

/** A fault of this program: a state's input or output is not what the state machine promises. */
export class InternalError extends ExportError {
  override readonly name = "InternalError";
}
