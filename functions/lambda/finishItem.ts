import { FinishItem } from "../handlers/finishItem.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(FinishItem);
