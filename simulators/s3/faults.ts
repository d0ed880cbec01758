import { S3Error, type S3ErrorCode } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** Something that goes wrong, for some of the requests for one operation. */
export interface Fault {
  /** `UploadPart`, or `*` for every operation. */
  operation: string;
  /** Only requests for this key, or for those that match. */
  key?: string | RegExp;
  /** The first of these requests that it hits, counted from when it was declared. @default 1 */
  nth?: number;
  /** How many requests in a row it hits. @default 1 */
  times?: number;
  /** Waits for this before anything else. */
  hold?: Promise<void>;
  /** Awaited before anything else: what happens elsewhere while the request is on its way. */
  meanwhile?(): Promise<void>;
  /** Never answers, and does nothing. */
  silent?: boolean;
  /** Answers with this status instead of doing the work. */
  status?: number;
  /** The error's code. @default what S3 answers most with that status */
  code?: S3ErrorCode;
  /** Cuts the connection instead of doing the work. */
  reset?: boolean;
  /** Answers 200 with an error in the body, as CompleteMultipartUpload and the copies can, instead of doing the work. */
  errorBodyWith200?: boolean;
  /** Does the work, then cuts the connection in place of an answer. */
  loseReply?: boolean;
}

/** The fault that hits this request, if any. Each call counts the request against every fault that it matches. */
export function takeFault(
  faults: Fault[],
  counts: WeakMap<Fault, number>,
  operation: string,
  request: S3Request,
): Fault | undefined {
  let hit: Fault | undefined;
  for (const fault of faults) {
    if (fault.operation !== "*" && fault.operation !== operation) continue;
    if (!isFor(fault, request.key)) continue;
    const count = (counts.get(fault) ?? 0) + 1;
    counts.set(fault, count);
    const { nth = 1, times = 1 } = fault;
    if (count >= nth && count < nth + times) hit ??= fault;
  }
  return hit;
}

function isFor({ key: wanted }: Fault, key = ""): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? wanted === key : wanted.test(key);
}

/** The error that a fault with a status answers with. */
export function faultError(fault: Fault): FaultError {
  const status = fault.status ?? 500;
  return new FaultError(fault.code ?? CODES[status] ?? "InternalError", status);
}

/** An error whose status the fault decides, even where S3 would use another. */
export class FaultError extends S3Error {
  override readonly status: number;

  constructor(code: S3ErrorCode, status: number) {
    super(code);
    this.status = status;
  }
}

const CODES: Record<number, S3ErrorCode> = {
  400: "RequestTimeout",
  403: "AccessDenied",
  404: "NoSuchKey",
  409: "ConditionalRequestConflict",
  412: "PreconditionFailed",
  500: "InternalError",
  503: "SlowDown",
};
