import { ListLibrary } from "../handlers/listLibrary.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(ListLibrary);
