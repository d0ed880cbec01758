import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { systemClock } from "../clock.ts";
import type { Services } from "../services.ts";
import { createS3Client } from "../transfer/s3/uploadClient.ts";
import { parseEnvironment } from "./environment.ts";
import { secretProfiles } from "./secretProfiles.ts";

/**
 * The collaborators that a deployment's environment variables tell of. They can live as long as the process.
 * @throws InvalidInput naming each variable that is wrong
 */
export function environmentServices(
  environment: NodeJS.ProcessEnv,
): Pick<Services, "profile" | "s3" | "settings"> {
  const { profileSecretPrefix, s3Endpoint, signPayloads, settings } = parseEnvironment(environment);
  return {
    profile: secretProfiles({
      client: new SecretsManagerClient({}),
      prefix: profileSecretPrefix,
      clock: systemClock,
    }),
    s3: createS3Client({ signPayloads, ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }) }),
    settings,
  };
}
