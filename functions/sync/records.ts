import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { encodeName } from "../catalog/keys.ts";
import { deleteObject, getText, listKeys, putJson } from "../catalog/objects.ts";
import { describeIssues } from "../config.ts";
import { InternalError } from "../errors.ts";
import { catalogOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { ObjectLocation } from "../workflow.ts";
import {
  type ItemOutcome,
  itemOutcomeSchema,
  type PageEntry,
  type PageResult,
  type PlannedItem,
  pageEntrySchema,
  pageResultSchema,
  plannedItemSchema,
} from "./model.ts";
import type { SyncPlan } from "./state.ts";

/** Items on one page: its results, with an error for each, fit a state of 256 KiB. */
export const PAGE_SIZE = 100;

const retirementSchema = itemOutcomeSchema.pick({ libraryItemId: true, status: true, error: true });
export type Retirement = z.infer<typeof retirementSchema>;

/** What a sync knows of its items: `<prefix>.library-export/syncs/<run>/<page>/`, removed at its end. */
export function openSyncRecords(sync: Pick<SyncPlan, "bucket" | "prefix" | "run">, services: Services) {
  const catalog = catalogOf(sync, services);
  const folder = `${sync.prefix}.library-export/syncs/${encodeName(sync.run)}/`;

  function kept<T>(name: string, schema: z.ZodType<T>) {
    const keyOf = (page: number) => `${folder}${page}/${name}.json`;
    return {
      write: (page: number, value: T) => putJson(catalog, keyOf(page), value, "*"),
      async read(page: number): Promise<T | undefined> {
        const found = await getText(catalog, keyOf(page));
        return found && parse(found.text, schema, keyOf(page));
      },
    };
  }

  return {
    entries: kept<PageEntry[]>("entries", z.array(pageEntrySchema)),
    plan: kept<PlannedItem[]>("plan", z.array(plannedItemSchema)),
    retirements: kept<Retirement[]>("retirements", z.array(retirementSchema)),
    result: kept<PageResult>("result", pageResultSchema),
    exist: async () => (await listKeys(catalog, folder)).length > 0,
    async clear() {
      for (const key of await listKeys(catalog, folder)) await deleteObject(catalog, key);
    },
  };
}

/** What became of the pages, one after another, as far as the sync has come to them. */
export async function* recordedPages(sync: SyncPlan, services: Services): AsyncGenerator<PageResult> {
  const { result } = openSyncRecords(sync, services);
  for (let number = 0; number < sync.pages; number++) {
    const page = await result.read(number);
    if (page === undefined) return;
    yield page;
  }
}

/** Where the report of a sync is: it stays. */
export function syncReportKey({ prefix, run }: Pick<SyncPlan, "prefix" | "run">): string {
  return `${prefix}.library-export/reports/${encodeName(run)}.json`;
}

/** The lines of a sync's report, one for each item; none when somebody has removed it. */
export async function readSyncReport(s3: S3Client, { bucket, key }: ObjectLocation): Promise<ItemOutcome[]> {
  const found = await getText({ s3, bucket }, key);
  return found ? parse(found.text, z.object({ items: z.array(itemOutcomeSchema) }), key).items : [];
}

/** @throws InternalError when a page of an earlier state is missing */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InternalError(`The ${what} of the sync is not in the bucket any more`);
  return value;
}

function parse<T>(text: string, schema: z.ZodType<T>, key: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InternalError(`The record ${key} is not JSON`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InternalError(`The record ${key}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
