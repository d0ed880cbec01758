import { AbortFile } from "../handlers/abortFile.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(AbortFile);
