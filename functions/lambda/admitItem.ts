import { AdmitItem } from "../handlers/admitItem.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(AdmitItem);
