import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { Behaviour, PrepareStep } from "./behaviour.ts";

/** What the simulator serves. Nothing is copied: files on the disk are read when they are downloaded. */
export interface LibrarySource {
  name: string;
  /** @default a new UUID */
  id?: string;
  /** @default LOCAL */
  type?: "LOCAL" | "SUBSCRIBED";
  description?: string;
  items: ItemSource[];
}

export interface ItemSource {
  name: string;
  /** `ovf`, `iso`, `vm-template`, or any other. */
  type: string;
  /** @default a new UUID */
  id?: string;
  /** @default 1 */
  contentVersion?: number;
  /** False: content is not fetched from the publisher until it is prepared; sizes read 0 before. @default true */
  cached?: boolean;
  files: FileSource[];
}

export type FileSource = FileSettings & ({ path: string } | { content: Buffer | MadeBytes });

interface FileSettings {
  name: string;
  /** @default 1 */
  version?: number;
  /** How preparing this file goes. @default the behaviour's `prepare` */
  prepare?: PrepareStep[];
  /** What is known before a download. @default the behaviour's `itemChecksum` */
  checksum?: ChecksumAlgorithm | "never";
}

/** `size` bytes made while they are sent: the same seed gives the same bytes, and no two blocks are alike. */
export interface MadeBytes {
  size: number;
  seed: string;
}

export interface User {
  username: string;
  password: string;
}

export interface VcenterOptions {
  libraries: LibrarySource[];
  /** @default a free one */
  port?: number;
  /** @default administrator@vsphere.local */
  username?: string;
  /** @default a random one */
  password?: string;
  /** Who may log in besides. */
  otherUsers?: User[];
  behaviour?: Partial<Behaviour>;
  /** Milliseconds since the epoch: leases, log-ins and timed preparations go by it. @default Date.now */
  now?: () => number;
}
