import { PlanPage } from "../handlers/planPage.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler(PlanPage);
