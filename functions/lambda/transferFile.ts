import { TransferFile } from "../handlers/transferFile.ts";
import { keepYoungGenerationSmall } from "../youngGeneration.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

keepYoungGenerationSmall();

export const handler = lambdaHandler(TransferFile);
