import { TransferFile } from "../handlers/transferFile.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(TransferFile);
