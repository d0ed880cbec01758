import type { Services } from "../services.ts";
import { AbortFile } from "./abortFile.ts";
import { CompleteFile } from "./completeFile.ts";
import { FinishItem } from "./finishItem.ts";
import { PollFile } from "./pollFile.ts";
import { PrepareFile } from "./prepareFile.ts";
import { ReadContainerResult } from "./readContainerResult.ts";
import { ResolveItem } from "./resolveItem.ts";
import { TransferFile } from "./transferFile.ts";

/** Takes what the state hands over, and returns JSON. */
export type Handler = (event: unknown, services: Services) => Promise<unknown>;

/** The functions of statemachine/export-item.asl.json, by the names of their states. */
export const handlers = {
  ResolveItem,
  PrepareFile,
  PollFile,
  TransferFile,
  ReadContainerResult,
  CompleteFile,
  AbortFile,
  FinishItem,
} satisfies Record<string, Handler>;
