import { CompleteFile } from "../handlers/completeFile.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(CompleteFile);
