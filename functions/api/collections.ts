import type { S3Client } from "@aws-sdk/client-s3";
import type {
  ExecutionPage,
  ExecutionSummary,
  Executions,
  ListQuery,
  SyncExecutions,
} from "../executions/executions.ts";
import { EXPORT, SYNC } from "../executions/kinds.ts";
import { readStatus } from "../executions/readStatus.ts";
import { startExecution, stopExecution } from "../executions/startAndStop.ts";
import { readSyncStatus } from "../executions/syncStatus.ts";
import { parseInput } from "../input.ts";
import { parseSyncInput } from "../sync/input.ts";

export interface ApiServices {
  executions: Executions;
  syncs: SyncExecutions;
  s3: S3Client;
  /** 12-digit account that must own the buckets. */
  expectedBucketOwner?: string;
}

/** What is at a path: executions of one workflow. */
export interface Collection {
  /** @throws InvalidInput, IdempotencyKeyReused */
  start(input: unknown, key: string | undefined): Promise<ExecutionSummary>;
  list(query: ListQuery): Promise<ExecutionPage | undefined>;
  /** @throws ExportNotFound, SyncNotFound */
  look(id: string): Promise<object>;
  /**
   * What the execution has opened is removed by the clean-up, which its end starts.
   * @throws ExportNotFound, SyncNotFound
   */
  stop(id: string): Promise<ExecutionSummary>;
}

export const COLLECTIONS = ["exports", "syncs"] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export function collectionsOf(services: ApiServices): Record<CollectionName, Collection> {
  const { executions, syncs } = services;
  return {
    exports: {
      start: (input, key) => startExecution(EXPORT, executions, parseInput(input), key),
      list: (query) => executions.list(query),
      look: (id) => readStatus(id, services),
      stop: (id) => stopExecution(EXPORT, executions, id, "The export was stopped through the API"),
    },
    syncs: {
      start: (input, key) => startExecution(SYNC, syncs, parseSyncInput(input), key),
      list: (query) => syncs.list(query),
      look: (id) => readSyncStatus(id, syncs),
      stop: (id) => stopExecution(SYNC, syncs, id, "The sync was stopped through the API"),
    },
  };
}
