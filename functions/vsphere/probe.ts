import { isIP } from "node:net";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import type { VcenterProfile } from "../config.ts";
import { VcenterUnavailable } from "../errors.ts";
import { certificateCheck, plainConnector, secureContext, thumbprint, verifiedConnector } from "../tls.ts";
import { bodyText } from "./body.ts";
import { openHttp } from "./http.ts";

/** What can be told about a vCenter without logging in. */
export interface VcenterProbe {
  /** `host:port`. */
  host: string;
  /** Absent for `http:`. */
  tls?: TlsFacts;
  /** vCenter's clock minus this machine's, in seconds, to the second; absent when it does not send its time. */
  clockSkewSeconds?: number;
  /** Newest version of the vSphere Web Services API, such as `8.0.3.0`, which follows the product's; absent when not told. */
  apiVersion?: string;
}

export interface TlsFacts {
  /** Such as `TLSv1.3`. */
  protocol: string;
  subject: string;
  issuer: string;
  validFrom: string;
  validTo: string;
  /** `AA:BB:..` of the DER. */
  sha1Thumbprint: string;
  sha256Thumbprint: string;
  /** What decides about the certificate. */
  checkedBy: "thumbprint" | "authorities";
  /** Why it is refused; absent when it is accepted. */
  problem?: string;
}

/**
 * Looks at a vCenter for `library-export check`. A refused certificate is a finding, not an error: nothing is asked
 * of the server then.
 *
 * @throws VcenterUnavailable when the server cannot be reached
 */
export async function probeVcenter(
  profile: VcenterProfile,
  options: { clock: Clock; signal?: AbortSignal },
): Promise<VcenterProbe> {
  const url = new URL(profile.url);
  const tls = url.protocol === "https:" ? await tlsFacts(url, profile, options.signal) : undefined;
  if (tls?.problem !== undefined) return { host: url.host, tls };
  return { host: url.host, tls, ...(await askVersions(url, profile, options)) };
}

/** The list of API versions is public on every vCenter, and any answer brings the server's time. */
async function askVersions(
  url: URL,
  profile: VcenterProfile,
  { clock, signal }: { clock: Clock; signal?: AbortSignal },
): Promise<Pick<VcenterProbe, "clockSkewSeconds" | "apiVersion">> {
  const http = openHttp(url, url.protocol === "https:" ? verifiedConnector(profile) : plainConnector());
  try {
    const answer = await http.send(
      { method: "GET", path: "/sdk/vimServiceVersions.xml", headers: {} },
      signal,
    );
    const date = Date.parse(String(answer.headers.date));
    return {
      clockSkewSeconds: Number.isNaN(date) ? undefined : Math.round((date - clock.now()) / 1000),
      apiVersion: answer.status === 200 ? versionIn(bodyText(answer)) : undefined,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(url, error);
  } finally {
    await http.close();
  }
}

/** The current version comes before the prior ones. Nothing but a version may pass: it goes into bug reports. */
function versionIn(versions: string): string | undefined {
  return /<version>\s*(\d{1,3}(?:\.\d{1,3}(?:u\d)?){1,4})\s*<\/version>/.exec(versions)?.[1];
}

async function tlsFacts(url: URL, profile: VcenterProfile, signal?: AbortSignal): Promise<TlsFacts> {
  const check = certificateCheck(profile);
  const socket = await handshake(url, profile, signal);
  try {
    const certificate = socket.getPeerCertificate();
    return {
      protocol: socket.getProtocol() ?? "unknown",
      subject: nameOf(certificate.subject),
      issuer: nameOf(certificate.issuer),
      validFrom: certificate.valid_from,
      validTo: certificate.valid_to,
      sha1Thumbprint: thumbprint("sha1", certificate.raw),
      sha256Thumbprint: thumbprint("sha256", certificate.raw),
      checkedBy: profile.thumbprint === undefined ? "authorities" : "thumbprint",
      problem: check(socket, url.host)?.message,
    };
  } finally {
    socket.destroy();
  }
}

/** Connects only to look: nothing is sent over the connection, so that its certificate need not be trusted. */
function handshake(url: URL, profile: VcenterProfile, signal?: AbortSignal): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect(
    {
      host,
      port: Number(url.port || 443),
      servername: isIP(host) ? undefined : host,
      secureContext: secureContext(profile),
      rejectUnauthorized: false,
    },
    () => resolve(socket),
  );
  const expiry = AbortSignal.timeout(HANDSHAKE_MILLISECONDS);
  const either = signal ? AbortSignal.any([signal, expiry]) : expiry;
  const abort = () => socket.destroy(either.reason);
  either.addEventListener("abort", abort, { once: true });
  socket.on("error", (error) => reject(signal?.aborted ? signal.reason : unreachable(url, error)));
  socket.on("close", () => either.removeEventListener("abort", abort));
  if (either.aborted) abort();
  return promise;
}

const HANDSHAKE_MILLISECONDS = 15_000;

function unreachable(url: URL, error: unknown): VcenterUnavailable {
  const reason = error instanceof Error ? error.message : String(error);
  return new VcenterUnavailable(`vCenter at ${url.host} cannot be reached: ${reason}`, {}, { cause: error });
}

function nameOf(name: PeerCertificate["subject"]): string {
  return Object.entries(name)
    .map(([attribute, value]) => `${attribute}=${String(value)}`)
    .join(", ");
}
