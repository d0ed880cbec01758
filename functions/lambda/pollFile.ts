import { PollFile } from "../handlers/pollFile.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(PollFile);
