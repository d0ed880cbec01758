import { RecordPage } from "../handlers/recordPage.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(RecordPage);
