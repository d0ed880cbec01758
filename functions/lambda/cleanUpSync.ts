import { CleanUpSync } from "../handlers/cleanUpSync.ts";
import { deploymentOf } from "./deployment.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler((event, services) =>
  CleanUpSync(event, { ...services, ...deploymentOf(process.env) }),
);
