import { PrepareFile } from "../handlers/prepareFile.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(PrepareFile);
