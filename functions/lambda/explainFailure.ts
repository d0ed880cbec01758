import { ExplainFailure } from "../handlers/explainFailure.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(ExplainFailure);
