import { SweepRuns } from "../handlers/sweepRuns.ts";
import { deploymentOf } from "./deployment.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export const handler = lambdaHandler((event, services) =>
  SweepRuns(event, { ...services, ...deploymentOf(process.env) }),
);
