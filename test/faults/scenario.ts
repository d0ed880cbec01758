import type { VcenterProfile } from "../../functions/config.ts";
import type { ExportInput } from "../../functions/input.ts";
import type { Services, Timeouts } from "../../functions/services.ts";
import type { Fault as S3Fault } from "../../simulators/s3/index.ts";
import type { Behaviour, Fault as VcenterFault } from "../../simulators/vcenter/index.ts";
import type { Functions, Workflow } from "../workflow/harness.ts";

/** More often than anything is tried. */
export const ALWAYS = Number.POSITIVE_INFINITY;

/**
 * The item that is exported has three files, one after the other: a sibling, `FAULTED`, and another sibling. Only
 * `FAULTED` meets the fault.
 */
export const FAULTED = "disk-0.vmdk";

/** Fits one PutObject: what the fault is of is not the bytes. */
export const SMALL_BYTES = 20_000;
/** Two parts, and a copy from the staging object. */
export const LARGE_BYTES = 5 * 1024 * 1024 + 20_000;

/** A family of faults: one table of the page. */
export interface Family {
  title: string;
  /** What the table's faults have in common, in a sentence or two for the page. */
  about: string;
  scenarios: Scenario[];
}

export interface Scenario {
  /** `what meets the fault: what happens to it`. Unique within its family. */
  name: string;
  fault: Fault;
  expect: Expectation;
}

/** What goes wrong, while one of the functions named in `during` runs for the file. The parts may be combined. */
export interface Fault {
  /** Functions in whose invocations it is in force. @default every one for the file */
  during?: FunctionName[];
  /** Faults of vCenter's answers and of the bytes. Each counts over all the invocations that it is in force in. */
  vcenter?: VcenterFault[] | ((scene: Scene) => VcenterFault[]);
  /** Faults of S3's answers, counted in the same way. */
  s3?: S3Fault[] | ((scene: Scene) => S3Fault[]);
  /** How vCenter is otherwise. */
  behaviour?: Partial<Behaviour>;
  /** How the profile of vCenter is otherwise. */
  profile?: Partial<VcenterProfile> | ((scene: Scene) => Partial<VcenterProfile>);
  /** Stands around each invocation: it may be repeated, left, changed, or given other services. */
  around?(invocation: Invocation, scene: Scene): Promise<unknown>;

  /** From beginning to end, for the siblings as well: how vCenter is. */
  given?: Partial<Behaviour>;
  /** From beginning to end: the execution's input beside the item. */
  input?: Partial<ExportInput>;
  /**
   * Runs as in a deployment, where a stop reaches no function and the clean-up state machine follows it. It is stopped
   * at the state of that name, for the file where it is one of a file's own, or else by what calls `stop`.
   */
  deployed?: { stopAt?: string };
  /**
   * The deployment has the container route, and TransferFile finds that the file, which has LARGE_BYTES, fits no
   * invocation: its endpoint serves no ranges.
   */
  handedOver?: boolean;
  timeouts?: Timeouts;
  /** From beginning to end: milliseconds that S3 may be silent. */
  s3Silence?: number;
  /** Of the file. @default SMALL_BYTES */
  bytes?: number;
}

/** The container's task among them. */
export type FunctionName = keyof Functions;

export interface Scene {
  workflow: Workflow;
  /** Of the item. */
  libraryItemId: string;
  /** Ends the execution as its user would. Resolves once nothing runs any more; in a deployment, after a first clean-up. */
  stop(): Promise<void>;
  /** Resolves when the execution has ended, whatever it has come to. */
  ended: Promise<void>;
  /** What goes on after that. It is waited for before anything is looked at. */
  outlasting: Promise<unknown>[];
}

/** One call of a function that is about to be made. */
export interface Invocation {
  name: FunctionName;
  /** Its input, as JSON. */
  event: unknown;
  /** From 1, over all the calls that met the fault. */
  number: number;
  /** Makes the call; may be done any number of times. */
  invoke(changed?: { event?: unknown; services?: Partial<Services> }): Promise<unknown>;
}

export interface Expectation {
  /** What becomes of the file: EXPORTED, or the name of its error. Of the export, when it fails before any file. */
  outcome: string;
  /** What becomes of the files before and after it. @default both EXPORTED */
  siblings?: [string, string];
  /** Log-ins that vCenter refused. More than one must never be. @default 0 */
  refusedLogIns?: 0 | 1;
  /** What is left behind although everything was tried, in the words of `leftovers`. @default nothing */
  left?: string[];
}
