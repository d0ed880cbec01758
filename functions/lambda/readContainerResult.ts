import { ReadContainerResult } from "../handlers/readContainerResult.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(ReadContainerResult);
