import { ResolveItem } from "../handlers/resolveItem.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(ResolveItem);
