import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../clock.ts";
import { parseProfile, type VcenterProfile } from "../config.ts";
import { InvalidInput, ProfileNotFound, ProfileUnavailable } from "../errors.ts";
import type { Services } from "../services.ts";

/** A changed secret is in use after this time, or at once when vCenter refuses the one that is cached. */
const MAX_AGE_MILLISECONDS = 5 * 60_000;

export interface SecretProfilesOptions {
  client: SecretsManagerClient;
  /** The secret of the profile `lab` is named `<prefix>lab`. */
  prefix: string;
  clock: Clock;
}

/** Profiles that are JSON in AWS Secrets Manager: adding one needs no deployment. */
export function secretProfiles({ client, prefix, clock }: SecretProfilesOptions): Services["profile"] {
  const cache = new Map<string, { profile: VcenterProfile; readAt: number }>();
  return async (name, options) => {
    const cached = options?.fresh ? undefined : cache.get(name);
    if (cached !== undefined && clock.now() - cached.readAt < MAX_AGE_MILLISECONDS) return cached.profile;
    const readAt = clock.now();
    const profile = parseSecret(name, `${prefix}${name}`, await readSecret(client, name, `${prefix}${name}`));
    cache.set(name, { profile, readAt });
    return profile;
  };
}

async function readSecret(client: SecretsManagerClient, name: string, secretId: string) {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw new ProfileNotFound(
        `No vCenter profile is named "${name}": there is no secret "${secretId}" in AWS Secrets Manager`,
        { cause: error },
      );
    }
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ProfileUnavailable(
      `The secret "${secretId}" of the vCenter profile "${name}" cannot be read (${why})`,
      { cause: error },
    );
  }
}

/** What JSON.parse says quotes the text, which holds a password: it is no part of the error, nor its cause. */
function parseSecret(name: string, secretId: string, text: string | undefined): VcenterProfile {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    throw new InvalidInput(
      `vCenter profile "${name}": the secret "${secretId}" is not JSON: it must be an object with url, username and password`,
    );
  }
  return parseProfile(name, value);
}
