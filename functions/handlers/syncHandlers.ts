import { AdmitItem } from "./admitItem.ts";
import { ExplainFailure } from "./explainFailure.ts";
import { FinishSync } from "./finishSync.ts";
import type { Handler } from "./index.ts";
import { ListLibrary } from "./listLibrary.ts";
import { PlanPage } from "./planPage.ts";
import { RecordPage } from "./recordPage.ts";
import { RetireItems } from "./retireItems.ts";

/** The functions of statemachine/sync-library.asl.json, by the names of their states. */
export const syncHandlers = {
  ListLibrary,
  PlanPage,
  RetireItems,
  AdmitItem,
  ExplainFailure,
  RecordPage,
  FinishSync,
} satisfies Record<string, Handler>;
