import { RetireItems } from "../handlers/retireItems.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(RetireItems);
