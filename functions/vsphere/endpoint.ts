import type { VcenterProfile } from "../config.ts";
import { EndpointNotAllowed, EndpointNotSupported, InvalidInput, UnexpectedResponse } from "../errors.ts";
import { type CertificateRule, type ConnectorMaker, plainConnector, verifiedConnectorMaker } from "../tls.ts";
import type { DownloadTarget, TransferEndpoint } from "./model.ts";

/**
 * Checks a download endpoint against the profile's rules, and returns what is needed to download from it. An
 * endpoint is what a server says, so it is treated as untrusted: neither the host nor the token's recipient is its
 * choice. No message holds the URI, which is a capability.
 *
 * @throws EndpointNotSupported, EndpointNotAllowed
 * @throws UnexpectedResponse when the endpoint's certificate or thumbprint cannot be read
 */
export function downloadTarget(
  endpoint: TransferEndpoint,
  profile: VcenterProfile,
  sessionToken: string,
): DownloadTarget {
  const url = parse(endpoint.uri);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw notSupported(url.protocol);
  if (url.username !== "" || url.password !== "") {
    throw new EndpointNotAllowed(`The download endpoint at ${url.host} has a user name in it: it is refused`);
  }
  const vcenter = new URL(profile.url);
  const allowed = [vcenter.hostname, ...profile.endpointHosts].map(hostName);
  if (!allowed.includes(hostName(url.hostname))) {
    throw new EndpointNotAllowed(
      `The download endpoint is at ${url.host}, which is neither vCenter's own host nor one of the profile's ` +
        "endpoint hosts. Add it to them if files are really served from there",
    );
  }
  if (url.protocol === "http:" && !profile.allowHttp) {
    throw new EndpointNotAllowed(
      `The download endpoint at ${url.host} is http:, where anybody on the way can read and change the file. ` +
        "Allow http: in the profile if you accept that",
    );
  }
  const vcenterItself =
    url.protocol === vcenter.protocol &&
    url.port === vcenter.port &&
    hostName(url.hostname) === hostName(vcenter.hostname);
  return {
    uri: endpoint.uri,
    headers: vcenterItself ? { "vmware-api-session-id": sessionToken } : {},
    connector:
      url.protocol === "http:"
        ? plainConnector
        : verified(certificateRule(endpoint, profile, vcenterItself), url.host),
  };
}

/**
 * The endpoint's certificate, else its thumbprint, else standard validation (TransferEndpoint in the vSphere
 * Automation API reference). At vCenter's own address, an endpoint that brings neither is judged as vCenter is.
 */
function certificateRule(
  endpoint: TransferEndpoint,
  profile: VcenterProfile,
  vcenterItself: boolean,
): CertificateRule {
  const { caBundle } = profile;
  if (endpoint.sslCertificate) return { certificate: endpoint.sslCertificate };
  if (endpoint.sslCertificateThumbprint) return { thumbprint: endpoint.sslCertificateThumbprint };
  return vcenterItself ? { thumbprint: profile.thumbprint, caBundle } : { caBundle };
}

function verified(rule: CertificateRule, host: string): ConnectorMaker {
  try {
    return verifiedConnectorMaker(rule);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new UnexpectedResponse(`The download endpoint at ${host}: ${error.message}`, {}, { cause: error });
  }
}

function parse(uri: string): URL {
  try {
    return new URL(uri);
  } catch {
    // Without the cause, whose message would hold the URI.
    throw new EndpointNotSupported("The download endpoint's URI cannot be parsed");
  }
}

function notSupported(scheme: string): EndpointNotSupported {
  return new EndpointNotSupported(
    scheme === "ds:" || scheme === "file:"
      ? `The download endpoint is ${scheme}, a DIRECT endpoint on the storage itself. Ask for an HTTPS endpoint`
      : `The download endpoint is ${scheme}, from which this program cannot download`,
  );
}

/** Lower case, without a port or the root's dot. An IPv6 address may come with or without brackets. */
function hostName(host: string): string {
  const url = `https://${host.split(":").length > 2 && !host.startsWith("[") ? `[${host}]` : host}`;
  return (URL.canParse(url) ? new URL(url).hostname : host.toLowerCase()).replace(/\.$/, "");
}
