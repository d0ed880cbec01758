import type { OperationName } from "./operations.ts";

/** Something that goes wrong, once unless told otherwise. The effects may be combined where that makes sense. */
export interface Fault {
  /** The operation it happens to; `data`: the bytes; `any`: every request. */
  on: OperationName | "data" | "any";
  /** Only for this file. */
  fileName?: string;
  /** How many requests go well before. @default 0 */
  skip?: number;
  /** How many requests it happens to. @default 1 */
  times?: number;

  /** Waits before anything else. */
  delayMilliseconds?: number;
  /** Lets something else happen first; with `afterBytes`, in the middle of the bytes, which then go on. */
  meanwhile?(): void | Promise<void>;
  /** Never answers; with `afterBytes`, stops in the middle of the bytes. */
  hang?: boolean;
  /** Cuts the connection; with `afterBytes`, in the middle of the bytes. */
  reset?: boolean;

  /** Answers with this status instead: an error of the dialect unless `body` is given. */
  status?: number;
  /** `error_type` of the error. @default the usual one for the status; `null`: left out */
  errorType?: string | null;
  body?: string;
  /** @default application/json for a body */
  contentType?: string;
  /** Redirects there (302 unless `status` says otherwise). */
  location?: string;

  /** Spoils a good answer: a proxy's page, half of it, other types, or members that nobody has heard of. */
  answer?: "html" | "truncated" | "wrong-types" | "unknown-enum" | "empty";

  /** For the bytes: how many are sent before a `reset`, the clean end, `hang` or `meanwhile`. */
  afterBytes?: number;
  /** For the bytes: ends the body after `afterBytes` as if that were all (sent chunked, so that nothing tells). */
  endCleanly?: boolean;
  /** For the bytes: sends as many more as the file has, whatever the head has promised. */
  extraBytes?: number;
  /** For the bytes: inverts the byte at this offset of the file on its way; vCenter's own digest does not see it. */
  corruptByteAt?: number;
  /** For the bytes: answers 200 with everything although a range was asked for. */
  ignoreRange?: boolean;
  /** For the bytes: headers that replace the true ones, such as `etag` or `content-range`. */
  headers?: Record<string, string>;
}

/** Counts which requests each fault has met, so that the list itself stays plain data. */
export class Faults {
  /** Each fault as often as something went wrong because of it, in that order. */
  readonly taken: Fault[] = [];
  readonly #met = new WeakMap<Fault, number>();

  /** The first fault in the list that this request runs into; those after it do not count the request. */
  take(faults: Fault[], on: string, fileName: string | undefined): Fault | undefined {
    for (const fault of faults) {
      if (fault.on !== "any" && fault.on !== on) continue;
      if (fault.fileName !== undefined && fault.fileName !== fileName) continue;
      const met = (this.#met.get(fault) ?? 0) + 1;
      this.#met.set(fault, met);
      const skip = fault.skip ?? 0;
      if (met <= skip || met > skip + (fault.times ?? 1)) continue;
      this.taken.push(fault);
      return fault;
    }
    return undefined;
  }
}
