import { delimiter } from "node:path";
import { DEFAULT_MAX_TRANSFERS, parseProfile, type VcenterProfile } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { readCertificates } from "./caFile.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { readPassword } from "./password.ts";
import { type Streams, variable } from "./streams.ts";
import { parseVcenterUrl, profileName, type VcenterUrl } from "./vcenterUrl.ts";

/**
 * How to reach vCenter, from the options, and from govc's environment variables where an option is absent.
 * Asks for the password, on a terminal, when the environment holds none.
 * @throws InvalidInput naming the option or variable that is missing or wrong
 */
export async function readProfile(options: ConnectionOptions, streams: Streams): Promise<VcenterProfile> {
  const { environment } = streams;
  const vcenter = readUrl(options, environment);
  const { allowHttp = false, readers } = options;
  if (vcenter.url.startsWith("http:") && !allowHttp) {
    throw new InvalidInput(
      "vCenter's URL begins with http:, so password and files would travel in clear: use https:, or add --allow-http.",
    );
  }
  const username = options.username ?? variable(environment, "GOVC_USERNAME") ?? vcenter.username;
  if (username === undefined) throw new InvalidInput("No user: give --username, or set GOVC_USERNAME.");
  const caBundle = await readCaBundle(options, environment);
  const password = await readPassword(streams, { username, host: vcenter.host, inUrl: vcenter.password });
  return parseProfile(profileName(vcenter.host), {
    url: vcenter.url,
    username,
    password,
    dialect: options.dialect,
    allowHttp,
    endpointHosts: options.endpointHost ?? [],
    readers,
    maxTransfers: options.maxTransfers ?? Math.max(DEFAULT_MAX_TRANSFERS, readers ?? 1),
    ...(caBundle !== undefined && { caBundle }),
    ...(options.thumbprint !== undefined && { thumbprint: options.thumbprint }),
  });
}

function readUrl(options: ConnectionOptions, environment: NodeJS.ProcessEnv): VcenterUrl {
  if (options.vcenterUrl !== undefined) {
    const vcenter = parseVcenterUrl(options.vcenterUrl, "--vcenter-url");
    if (vcenter.password === undefined) return vcenter;
    throw new InvalidInput(
      "--vcenter-url holds a password, which every user of this machine can read in the list of processes: set LIBRARY_EXPORT_PASSWORD.",
    );
  }
  const fallback = variable(environment, "GOVC_URL");
  if (fallback === undefined) throw new InvalidInput("No vCenter: give --vcenter-url, or set GOVC_URL.");
  return parseVcenterUrl(fallback, "GOVC_URL");
}

async function readCaBundle(
  options: ConnectionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (options.caFile !== undefined) return readCertificates([options.caFile], "--ca-file");
  const fallback = variable(environment, "GOVC_TLS_CA_CERTS");
  if (fallback === undefined) return undefined;
  return readCertificates(fallback.split(delimiter), "GOVC_TLS_CA_CERTS");
}
