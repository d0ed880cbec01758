import { FinishSync } from "../handlers/finishSync.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(FinishSync);
