import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { Fault } from "./fault.ts";

export type Dialect = "api" | "rest-json" | "rest-xml";

/** One status on the way to PREPARED. It is left at the first poll at which both of its bounds are reached. */
export interface PrepareStep {
  status: string;
  /** In how many answers it is seen. @default 1 */
  polls?: number;
  /** For how long it lasts at least. @default 0 */
  milliseconds?: number;
  /** For ERROR: what `error_message` says; absent: there is none. */
  errorMessage?: string;
}

/** Everything about the simulator that real servers differ in. All of it can be changed while it runs. */
export interface Behaviour {
  /** A 6.5 has no `/api`; XML is documented for 6.0 and 6.5 only. */
  dialects: Dialect[];

  /** How preparing a file goes; the last step stays. */
  prepare: PrepareStep[];
  /** The same for files of that name, before everything else. */
  prepareByFile: Record<string, PrepareStep[]>;

  /** A download session's lease. vCenter's documented default is five minutes. */
  leaseSeconds: number;
  /** What extends a lease. The reference promises it for keep-alive; incident reports suggest that bytes do not. */
  leaseExtendedBy: ("keep-alive" | "read" | "bytes")[];
  /** What becomes of bytes that flow when the lease ends: a clean end, as incident reports show, or none of it. */
  onLeaseEnd: "truncate" | "reset" | "continue";
  /** Whether a session tells the content version that it was created for. */
  tellsContentVersion: boolean;
  /** Whether a download session ends with the log-in that created it. Not documented either way. */
  sessionsDieWithLogin: boolean;

  /** Checksum in an item's list of files, before any download. */
  itemChecksum: ChecksumAlgorithm | "never";
  /** Checksum in a session's file, once the download is complete. */
  sessionChecksum: ChecksumAlgorithm | "never";
  /** How many polls after the download's end the checksum and size stay away. */
  sessionChecksumDelayPolls: number;
  /** Leaves `algorithm` out where it is SHA1, the documented default. */
  omitsDefaultAlgorithm: boolean;
  /** Names of files whose item checksum is wrong. */
  wrongItemChecksums: string[];
  /** Names of files whose session checksum is wrong. */
  wrongSessionChecksums: string[];
  /** `size` in a session's file; `wrong` is one byte more than was sent. */
  sessionSize: "afterDownload" | "always" | "never" | "wrong";

  /** Where an endpoint for HTTPS leads. `other-host` is reachable, under another name; at `closed-port` nobody listens. */
  endpoint: "same-port" | "second-port" | "http" | "other-host" | "closed-port" | "ds" | "file";
  /** What identifies the endpoint's certificate. Beside a whole certificate a thumbprint is not to be looked at. */
  endpointThumbprint: "SHA-1" | "SHA-256" | "certificate" | "certificate-and-wrong" | "wrong" | "none";
  /** Whether bytes need the session header. A real vCenter takes the URI as a capability; vcsim does not. */
  dataNeedsSession: boolean;
  /** Whether `Range` is honoured. Nothing is documented. */
  ranges: boolean;
  /** The answer to `bytes=0-` for an empty file: RFC 9110 allows both. */
  rangeOfEmptyFile: 200 | 416;
  /** Whether answers carry an ETag. */
  etag: boolean;
  /** `chunked` tells no length. */
  framing: "content-length" | "chunked";
  /** Per connection; 0: no limit. */
  bytesPerSecond: number;

  /** Whether the user sees any library: false is a role that was not given as a global permission. */
  librariesVisible: boolean;
  /** The privilege ContentLibrary.DownloadSession. */
  mayDownload: boolean;
  /** The privilege ContentLibrary.ReadStorage, needed for DIRECT. */
  mayReadStorage: boolean;
  /** How long an unused log-in lasts. Bytes that flow do not count as use. */
  loginIdleSeconds: number;

  /** Faults by scenario, taken in this order. */
  faults: Fault[];
}

export function defaultBehaviour(): Behaviour {
  return {
    dialects: ["api", "rest-json", "rest-xml"],
    prepare: [{ status: "PREPARED" }],
    prepareByFile: {},
    leaseSeconds: 300,
    leaseExtendedBy: ["keep-alive"],
    onLeaseEnd: "truncate",
    tellsContentVersion: true,
    sessionsDieWithLogin: false,
    itemChecksum: "never",
    sessionChecksum: "SHA256",
    sessionChecksumDelayPolls: 0,
    omitsDefaultAlgorithm: false,
    wrongItemChecksums: [],
    wrongSessionChecksums: [],
    sessionSize: "afterDownload",
    endpoint: "same-port",
    endpointThumbprint: "SHA-1",
    dataNeedsSession: false,
    ranges: true,
    rangeOfEmptyFile: 416,
    etag: true,
    framing: "content-length",
    bytesPerSecond: 0,
    librariesVisible: true,
    mayDownload: true,
    mayReadStorage: false,
    loginIdleSeconds: 1800,
    faults: [],
  };
}
