import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { syncHandlers } from "../functions/handlers/syncHandlers.ts";
import type { ContainerFunctionName, FunctionName } from "./definition.ts";

/** What the functions write to, and how. */
export interface S3Places {
  /** Buckets that exports may go to. */
  readonly destinations: IBucket[];
  /** Where staging objects go; absent: the destination. */
  readonly staging?: IBucket;
  /** Whether exported objects get tags. */
  readonly tagged: boolean;
}

/** The functions of statemachine/sync-library.asl.json. */
export type SyncFunctionName = keyof typeof syncHandlers;

export type AccessingFunction =
  | FunctionName
  | ContainerFunctionName
  | SyncFunctionName
  | "Api"
  | "CleanUp"
  | "CleanUpSync"
  | "SweepRuns";

/** The least that each function needs of S3. */
export function s3Statements(name: AccessingFunction, places: S3Places): PolicyStatement[] {
  return TASKS[name].flatMap((task) => task(places));
}

const RUN_RECORDS = "*.library-export/runs/*";
const STAGING = "*.library-export/staging/*";
const MANIFESTS = "*.export.json";
const SYNC_PAGES = "*.library-export/syncs/*";
const REPORTS = "*.library-export/reports/*";
const INDEX_OF_ITEM = "*item.json";
const INDEX_OF_LIBRARY = ["*/lib.json", "*/items.json"];

type Task = (places: S3Places) => PolicyStatement[];

/** HEAD of a bucket; and without the right to list, S3 answers 403 for an object that is not there. */
const look: Task = ({ destinations }) => [allow(["s3:ListBucket"], buckets(destinations))];

/**
 * What the destination holds already, the manifest of an earlier export, and whether it can take staging objects, where
 * it has to.
 */
const plan: Task = ({ destinations, staging }) => [
  ...(staging === undefined ? [allow(["s3:GetBucketObjectLockConfiguration"], buckets(destinations))] : []),
  allow(["s3:GetObject"], objects(destinations)),
];

const keepRecords: Task = ({ destinations }) => [
  allow(["s3:GetObject", "s3:PutObject"], objects(destinations, RUN_RECORDS)),
];

const readRecords: Task = ({ destinations }) => [allow(["s3:GetObject"], objects(destinations, RUN_RECORDS))];

/** HEAD of an object that a container may have published without being able to say so. */
const seePublished: Task = ({ destinations }) => [allow(["s3:GetObject"], objects(destinations))];

/** Notes that vCenter refused the log-in, or that a sync was cut off. */
const noteInRecords: Task = ({ destinations }) => [
  allow(["s3:PutObject"], objects(destinations, RUN_RECORDS)),
];

const removeRecords: Task = ({ destinations }) => [
  allow(["s3:DeleteObject"], objects(destinations, RUN_RECORDS)),
];

/**
 * Uploads are aborted until S3 lists no part of them; staging objects are removed with all their versions (in a bucket
 * without versions it is called "null"), and uploads to their keys whose id nobody knows.
 */
const cleanUp: Task = (places) => [
  allow(
    ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    [...objects(places.destinations), ...objects(staging(places), STAGING)],
  ),
  allow(["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"], buckets(staging(places))),
  allow(["s3:DeleteObjectVersion"], objects(staging(places), STAGING)),
];

/**
 * Writes the object, or the staging object and from that one version of it the object; reads back what it wrote, and
 * looks for an upload whose id was lost with S3's answer.
 * A staging object that was copied is deleted by what S3 said of it, which may be no version.
 */
const publish: Task = (places) => [
  allow(
    ["s3:GetObject", "s3:PutObject", ...(places.tagged ? ["s3:PutObjectTagging"] : [])],
    objects(places.destinations),
  ),
  allow(["s3:ListBucketMultipartUploads"], buckets(places.destinations)),
  allow(
    ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"],
    objects(staging(places), STAGING),
  ),
];

const record: Task = ({ destinations }) => [
  allow(["s3:GetObject"], objects(destinations)),
  allow(["s3:PutObject"], objects(destinations, MANIFESTS)),
];

const writePages: Task = ({ destinations }) => [allow(["s3:PutObject"], objects(destinations, SYNC_PAGES))];

/** What waits between the states of a sync. */
const keepPages: Task = ({ destinations }) => [
  allow(["s3:GetObject", "s3:PutObject"], objects(destinations, SYNC_PAGES)),
];

/** Manifests, and the descriptors of OVF items. */
const readMirror: Task = ({ destinations }) => [allow(["s3:GetObject"], objects(destinations))];

/** Marks what vCenter has no more, or takes it out of the index and deletes it: objects of any name. */
const retire: Task = ({ destinations }) => [
  allow(
    ["s3:PutObject"],
    [MANIFESTS, ...INDEX_OF_LIBRARY].flatMap((keys) => objects(destinations, keys)),
  ),
  allow(["s3:DeleteObject"], objects(destinations)),
];

/** Of an item of which something is deleted, the index says first what is left. */
const describeItems: Task = ({ destinations }) => [
  allow(["s3:PutObject"], objects(destinations, INDEX_OF_ITEM)),
];

const writeIndex: Task = ({ destinations }) => [
  allow(
    ["s3:PutObject"],
    [...INDEX_OF_LIBRARY, INDEX_OF_ITEM, REPORTS].flatMap((keys) => objects(destinations, keys)),
  ),
  allow(
    ["s3:DeleteObject"],
    [INDEX_OF_ITEM, SYNC_PAGES].flatMap((keys) => objects(destinations, keys)),
  ),
];

const TASKS: Record<AccessingFunction, Task[]> = {
  ResolveItem: [look, plan],
  PrepareFile: [look, keepRecords],
  PollFile: [look, keepRecords],
  TransferFile: [look, keepRecords, publish, cleanUp],
  ReadContainerResult: [look, readRecords, seePublished],
  CompleteFile: [look, keepRecords, cleanUp],
  AbortFile: [look, keepRecords, cleanUp],
  FinishItem: [look, record, keepRecords, removeRecords, cleanUp],
  Api: [look, readRecords],
  CleanUp: [look, keepRecords, removeRecords, cleanUp],
  CleanUpSync: [look, readMirror, noteInRecords, removeRecords, writeIndex],
  SweepRuns: [look],
  ListLibrary: [look, readMirror, writePages],
  PlanPage: [look, keepRecords, keepPages],
  RetireItems: [look, keepRecords, keepPages, readMirror, retire],
  AdmitItem: [look, readRecords],
  ExplainFailure: [noteInRecords],
  RecordPage: [look, keepPages, readMirror, retire, describeItems],
  FinishSync: [look, readMirror, writeIndex, removeRecords],
};

function staging({ staging, destinations }: S3Places): IBucket[] {
  return staging === undefined ? destinations : [staging];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

function buckets(list: IBucket[]): string[] {
  return list.map(({ bucketArn }) => bucketArn);
}

function objects(list: IBucket[], keys = "*"): string[] {
  return list.map((bucket) => bucket.arnForObjects(keys));
}
