import { CleanUp } from "../handlers/cleanUp.ts";
import { deploymentOf } from "./deployment.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler((event, services) =>
  CleanUp(event, { ...services, ...deploymentOf(process.env) }),
);
