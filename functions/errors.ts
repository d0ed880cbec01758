/**
 * The one list of errors. A name here is the contract between the functions and the state machine: Retry and
 * Catch match it, and people look it up in the README. A message says what happened, to which file or session,
 * and what the user can do. It never holds a download URI, a token or a password.
 */
export abstract class ExportError extends Error {
  abstract override readonly name: string;
}

// ---- Input and destination

/**
 * The execution's input, a profile or an option is not what it must be. The message names the field.
 *
 * What to do: correct the field that the message names.
 */
export class InvalidInput extends ExportError {
  override readonly name = "InvalidInput";
}

/**
 * No vCenter profile of that name is configured.
 *
 * What to do: name a profile that is configured, or add one.
 */
export class ProfileNotFound extends ExportError {
  override readonly name = "ProfileNotFound";
}

/**
 * The secret that holds a vCenter profile is there, but cannot be read.
 *
 * What to do: check that the functions may read the secret and use its KMS key, that it is not scheduled for
 * deletion, and, within a VPC, that they reach AWS Secrets Manager.
 */
export class ProfileUnavailable extends ExportError {
  override readonly name = "ProfileUnavailable";
}

/**
 * The destination bucket is not on the list of allowed buckets.
 *
 * What to do: choose one of the allowed buckets, or have the bucket added to the list of the deployment or
 * profile.
 */
export class DestinationNotAllowed extends ExportError {
  override readonly name = "DestinationNotAllowed";
}

/**
 * The manifest or an object at the destination belongs to another item or vCenter.
 *
 * What to do: choose another prefix: names of libraries and items are not unique. If the other item is not needed
 * any more, remove its objects and its manifest.
 */
export class DestinationTaken extends ExportError {
  override readonly name = "DestinationTaken";
}

/**
 * The manifest at the destination is not one that this program can read.
 *
 * What to do: move the object away, or choose another prefix.
 */
export class ManifestUnreadable extends ExportError {
  override readonly name = "ManifestUnreadable";
}

/**
 * An object that may not be replaced is already at the key (`overwrite` rule, or not written by this tool).
 *
 * What to do: choose another prefix, remove the object, or export with `overwrite: always`.
 */
export class ObjectExists extends ExportError {
  override readonly name = "ObjectExists";
}

/**
 * The object at the key was created or replaced by somebody else while the file was on its way, or what was uploaded
 * for it was removed.
 *
 * What to do: make sure that only one export writes to the prefix, that nothing else removes its uploads (a lifecycle
 * rule, a script), and start again.
 */
export class DestinationChanged extends ExportError {
  override readonly name = "DestinationChanged";
}

/**
 * The bucket does not exist, belongs to another account, or may not be used with these credentials.
 *
 * What to do: check the bucket's name, owner and policy, its KMS key, and the credentials in use.
 */
export class DestinationDenied extends ExportError {
  override readonly name = "DestinationDenied";
}

/**
 * S3 cannot be reached or keeps answering 5xx or SlowDown. Safe to try again later.
 *
 * What to do: start again with the same input: finished files are UNCHANGED.
 */
export class DestinationUnavailable extends ExportError {
  override readonly name = "DestinationUnavailable";
}

/**
 * S3 refused a request for a reason that trying again does not change.
 *
 * What to do: read S3's reason in the message; most often the bucket's policy, an unknown storage class or a KMS
 * key.
 */
export class DestinationRefused extends ExportError {
  override readonly name = "DestinationRefused";
}

/**
 * An object key would be longer than S3's 1,024 bytes.
 *
 * What to do: choose a shorter prefix, or rename the library, item or file.
 */
export class KeyTooLong extends ExportError {
  override readonly name = "KeyTooLong";
}

/**
 * The object's user metadata would be larger than S3's 2 KB.
 *
 * What to do: rename the file: its name is part of the metadata, and grows when it is not ASCII.
 */
export class MetadataTooLarge extends ExportError {
  override readonly name = "MetadataTooLarge";
}

/**
 * Staging objects would be locked by the bucket's default retention: a staging bucket is needed.
 *
 * What to do: name a staging bucket without default retention (`stagingBucket`, `--staging-bucket`).
 */
export class StagingNotPossible extends ExportError {
  override readonly name = "StagingNotPossible";
}

// ---- Starting and watching exports

/**
 * No execution of that name is known: it never was, or ended more than 90 days ago.
 *
 * What to do: list the exports, and name one of them.
 */
export class ExportNotFound extends ExportError {
  override readonly name = "ExportNotFound";
}

/**
 * There is no sync of that name, or it ended more than 90 days ago.
 *
 * What to do: list the syncs, and name one of them.
 */
export class SyncNotFound extends ExportError {
  override readonly name = "SyncNotFound";
}

/**
 * An export or sync was already started with the same idempotency key, and with another input.
 *
 * What to do: choose another key for another export or sync.
 */
export class IdempotencyKeyReused extends ExportError {
  override readonly name = "IdempotencyKeyReused";
}

/**
 * There is no such stack or state machine in this account and region.
 *
 * What to do: check the stack's name, the region and the AWS profile in use; or name the state machine by its ARN.
 */
export class DeploymentNotFound extends ExportError {
  override readonly name = "DeploymentNotFound";
}

/**
 * The credentials in use may not start, watch or stop exports of this deployment.
 *
 * What to do: have the actions that the message names allowed for the user or role.
 */
export class DeploymentDenied extends ExportError {
  override readonly name = "DeploymentDenied";
}

/**
 * AWS Step Functions or CloudFormation cannot be reached, or answers that too much is asked of it. Safe to try again.
 *
 * What to do: check the network and the region, and try again in a minute.
 */
export class DeploymentUnavailable extends ExportError {
  override readonly name = "DeploymentUnavailable";
}

// ---- What is asked of vCenter

/**
 * No library of that name or id is visible to the user.
 *
 * What to do: check the name. If no library is visible at all, give the user's role as a *global permission*:
 * libraries do not inherit what is given at the vCenter.
 */
export class LibraryNotFound extends ExportError {
  override readonly name = "LibraryNotFound";
}

/**
 * No item of that name or id is visible to the user.
 *
 * What to do: check the name or id with `library-export ls`, and that the item was not deleted.
 */
export class ItemNotFound extends ExportError {
  override readonly name = "ItemNotFound";
}

/**
 * Several libraries or items have the name. The message lists their ids.
 *
 * What to do: name the item by one of the ids in the message.
 */
export class NameNotUnique extends ExportError {
  override readonly name = "NameNotUnique";
}

/**
 * The item has no file that can be downloaded (a VM template, or an item without content).
 *
 * What to do: export an OVF, ISO or other item; clone a VM template to an OVF template first.
 */
export class NothingToExport extends ExportError {
  override readonly name = "NothingToExport";
}

/**
 * The include and exclude globs leave no file. The message lists the item's files.
 *
 * What to do: correct the globs: the message lists the file names.
 */
export class NoFileMatches extends ExportError {
  override readonly name = "NoFileMatches";
}

/**
 * The item has more files than one execution's state can hold.
 *
 * What to do: export the files in several executions, with `include` and `exclude`.
 */
export class TooManyFiles extends ExportError {
  override readonly name = "TooManyFiles";
}

/**
 * vCenter has no such file in the download session's item.
 *
 * What to do: start again: the item was probably changed meanwhile.
 */
export class FileNotFound extends ExportError {
  override readonly name = "FileNotFound";
}

/**
 * The item's content version is no longer the one that was resolved at the start.
 *
 * What to do: start again, to export the new version.
 */
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

/**
 * vCenter refused user name or password (401 at log-in). Never tried again: accounts lock after a few.
 *
 * What to do: correct user or password, and wait if the account is locked (five minutes by default).
 */
export class LoginRefused extends VcenterError {
  override readonly name = "LoginRefused";
}

/**
 * 403: the user lacks a privilege.
 *
 * What to do: give the user's role "Content library > Download files", as a global permission.
 */
export class PermissionDenied extends VcenterError {
  override readonly name = "PermissionDenied";
}

/**
 * 404: what was named does not exist (a download session that is gone, an item, a library).
 *
 * What to do: start again; if it comes back, look for what deletes the item or its download sessions.
 */
export class NotFound extends VcenterError {
  override readonly name = "NotFound";
}

/**
 * 400: vCenter refuses the request's content.
 *
 * What to do: read vCenter's words in the message; with a vCenter older than 7.0U2 choose the dialect `rest-json`.
 */
export class InvalidArgument extends VcenterError {
  override readonly name = "InvalidArgument";
}

/**
 * 400 with `NOT_ALLOWED_IN_CURRENT_STATE`: the download session is not active any more.
 *
 * What to do: start again; if it comes back, look for what cancels the session.
 */
export class NotAllowedInCurrentState extends VcenterError {
  override readonly name = "NotAllowedInCurrentState";
}

/**
 * 429, 502, 503, 504, or no connection at all, after the client's own retries. Safe to try again later.
 *
 * What to do: check that vCenter is reachable and its Content Library service runs, and start again.
 */
export class VcenterUnavailable extends VcenterError {
  override readonly name = "VcenterUnavailable";
}

/**
 * Any other error that vCenter reports (500 and what this list does not name).
 *
 * What to do: read vCenter's words in the message, and its Content Library log (cls.log).
 */
export class VcenterFailure extends VcenterError {
  override readonly name = "VcenterFailure";
}

/**
 * The answer is not what the API documents: HTML in place of JSON, malformed XML, a missing field.
 *
 * What to do: check that the URL is vCenter's and that no proxy answers in its place.
 */
export class UnexpectedResponse extends VcenterError {
  override readonly name = "UnexpectedResponse";
}

/**
 * The server's certificate is not the pinned one, or standard validation fails.
 *
 * What to do: compare the presented thumbprint with vCenter's own; when they agree, pin it (`thumbprint`), or
 * trust the certificate authority (`caBundle`). When they do not, somebody is in between.
 */
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

/**
 * The file's status became ERROR. The message is vCenter's own.
 *
 * What to do: read vCenter's reason in the message; most often the storage, or the publisher of a subscribed
 * library.
 */
export class PreparationFailed extends ExportError {
  override readonly name = "PreparationFailed";
}

/**
 * The file did not become PREPARED within the time allowed.
 *
 * What to do: synchronise the item beforehand if its library is subscribed on demand, or allow more time.
 */
export class PreparationTimedOut extends ExportError {
  override readonly name = "PreparationTimedOut";
}

/**
 * The endpoint's URI scheme cannot be downloaded from (`file:`, `ds:`, unknown).
 *
 * What to do: export from a library whose files vCenter serves by HTTPS.
 */
export class EndpointNotSupported extends ExportError {
  override readonly name = "EndpointNotSupported";
}

/**
 * The endpoint's host is not vCenter's own nor on the profile's list, or `http:` is not allowed.
 *
 * What to do: if the host in the message is to be trusted, add it to the allowed endpoint hosts (`endpointHosts`,
 * `--endpoint-host`).
 */
export class EndpointNotAllowed extends ExportError {
  override readonly name = "EndpointNotAllowed";
}

// ---- Moving a file

/**
 * The endpoint answered with a status that is neither 200 nor 206, or cannot be used.
 *
 * What to do: start again; if it comes back, look at what stands between here and vCenter.
 */
export class SourceRefused extends ExportError {
  override readonly name = "SourceRefused";
}

/**
 * The connection to the endpoint broke more often than the bound allows. Safe to try again later.
 *
 * What to do: start again with the same input: finished files are UNCHANGED.
 */
export class TransferInterrupted extends ExportError {
  override readonly name = "TransferInterrupted";
}

/**
 * The endpoint changed its mind about the file: total, ETag, or support for ranges.
 *
 * What to do: start again, when the item is not being updated.
 */
export class SourceChanged extends ExportError {
  override readonly name = "SourceChanged";
}

/**
 * The download session ended, expired or was cancelled before the file was verified.
 *
 * What to do: start again; nothing was published. If it comes back, export fewer files at the same time.
 */
export class DownloadSessionLost extends ExportError {
  override readonly name = "DownloadSessionLost";
}

/**
 * The bytes received are not as many as the endpoint or vCenter says.
 *
 * What to do: start again; nothing was published. If it comes back, check the file in the library: it may be
 * damaged.
 */
export class SizeMismatch extends ExportError {
  override readonly name = "SizeMismatch";
}

/**
 * The checksum of the bytes received is not the one that vCenter calculated.
 *
 * What to do: start again; nothing was published. If it comes back, check the file in the library: it may be
 * damaged.
 */
export class ChecksumMismatch extends ExportError {
  override readonly name = "ChecksumMismatch";
}

/**
 * vCenter gave no checksum that can be verified, and `requireChecksum` asks for one.
 *
 * What to do: export without `requireChecksum`: a SHA256 of the received bytes is recorded then.
 */
export class ChecksumRequired extends ExportError {
  override readonly name = "ChecksumRequired";
}

/**
 * The file needs larger part buffers than the memory allows, or more than S3's largest object.
 *
 * What to do: choose smaller parts or more memory; the message says how much is needed.
 */
export class FileTooLarge extends ExportError {
  override readonly name = "FileTooLarge";
}

/**
 * The endpoint cannot resume, and the file takes longer than one invocation has. The message gives the numbers.
 *
 * What to do: give the function more time or memory; deploy with the container route (`containerRoute`); or move this
 * file with `library-export run`, which has no limit.
 */
export class FileTooLargeForSource extends ExportError {
  override readonly name = "FileTooLargeForSource";
}

/**
 * The container that was to move a file ended without telling a result: it could not start, crashed, or was stopped.
 *
 * What to do: look at the reason in the message and at the task's log, and start again.
 */
export class ContainerFailed extends ExportError {
  override readonly name = "ContainerFailed";
}

/**
 * Less time is left of the invocation than a part of the file takes.
 *
 * What to do: give the function a longer time-out.
 */
export class DeadlineTooShort extends ExportError {
  override readonly name = "DeadlineTooShort";
}

/**
 * The cursor of an unfinished transfer is malformed, or belongs to another file.
 *
 * What to do: start again with the same input; report it if it comes back.
 */
export class CursorInvalid extends ExportError {
  override readonly name = "CursorInvalid";
}

/**
 * The export was stopped by its user; or its file had ended while something was still at work on it: a function or a
 * container that had been given up.
 *
 * What to do: start again with the same input: finished files are UNCHANGED.
 */
export class Stopped extends ExportError {
  override readonly name = "Stopped";
}

/**
 * Something that a stopped export had opened could not be removed: an upload, a staging object, a download session.
 * It is tried again for hours, and every day after that.
 *
 * What to do: look at the log of the function CleanUp, which says why; when the reason is gone, start the clean-up's
 * execution again with the same input.
 */
export class CleanUpIncomplete extends ExportError {
  override readonly name = "CleanUpIncomplete";
}

/**
 * Several files failed for different reasons. The message names each with its error.
 *
 * What to do: look at each file's own error.
 */
export class FilesFailed extends ExportError {
  override readonly name = "FilesFailed";
}

/**
 * An OVF item's descriptor references files that are not among those exported.
 *
 * What to do: check the item in vCenter; if the files are left out on purpose, name them in `exclude`.
 */
export class ItemIncomplete extends ExportError {
  override readonly name = "ItemIncomplete";
}

/**
 * Several items of a sync failed for different reasons. The message names the first of them, the report all.
 *
 * What to do: look at each item's own error, and start again: what is done is UNCHANGED.
 */
export class ItemsFailed extends ExportError {
  override readonly name = "ItemsFailed";
}

/**
 * A fault of this program: a state's input or output is not what the state machine promises.
 *
 * What to do: report it, with the message.
 */
export class InternalError extends ExportError {
  override readonly name = "InternalError";
}
