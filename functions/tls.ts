import { createHash, X509Certificate } from "node:crypto";
import type { OnReadOpts, Socket } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext, TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { CertificateMismatch, InvalidInput } from "./errors.ts";

/**
 * What a server's certificate must be. The first that is set decides alone: the very certificate, its
 * thumbprint, or else standard validation (chain to a trusted authority, host name, dates).
 */
export interface CertificateRule {
  /** PEM. Only this certificate is accepted. */
  certificate?: string;
  /** SHA-1 (40 hexadecimal digits) or SHA-256 (64) of the DER, in any case and with any separators. */
  thumbprint?: string;
  /** PEM certificates that are trusted besides the system's. */
  caBundle?: string;
}

/**
 * Makes connectors. With `onread` (see net.Socket), what arrives on their connections goes there instead of into a
 * stream.
 */
export type ConnectorMaker = (onread?: OnReadOpts) => buildConnector.connector;

/**
 * Returns a connector for an undici Agent, Pool or Client that hands out a connection only once its certificate
 * satisfies the rule: nothing is sent before. It connects by TLS 1.2 or later and speaks HTTP/1.1. A request
 * whose connection is refused fails with CertificateMismatch, which holds the presented thumbprint.
 *
 * @throws InvalidInput when the rule itself cannot be read
 */
export function verifiedConnector(rule: CertificateRule): buildConnector.connector {
  return verifiedConnectorMaker(rule)();
}

/**
 * Returns what makes such connectors for one rule.
 * @throws InvalidInput when the rule itself cannot be read
 */
export function verifiedConnectorMaker(rule: CertificateRule): ConnectorMaker {
  const check = certificateCheck(rule);
  const context = secureContext(rule);
  return (onread) => verified(check, { secureContext: context, onread });
}

function verified(
  check: CertificateCheck,
  options: { secureContext: SecureContext; onread: OnReadOpts | undefined },
): buildConnector.connector {
  const connect = buildConnector({
    ...options,
    // The verdict is given below, from the same facts, because only a finished handshake lets a refusal name the
    // certificate that was presented.
    rejectUnauthorized: false,
    // A resumed session presents no certificate, so there would be nothing to check.
    maxCachedSessions: 0,
    // One stream on each connection: the flow control of a file of many gigabytes is TCP's own.
    allowH2: false,
    timeout: 15_000,
  });
  return (target, callback) => {
    connect(target, (...outcome) => {
      const [error, socket] = outcome;
      if (error !== null) return callback(error, null);
      const refusal =
        socket instanceof TLSSocket
          ? check(socket, `${target.hostname}:${target.port || 443}`)
          : new CertificateMismatch(`${target.hostname} was to be reached by TLS, and was not`);
      if (refusal === undefined) return callback(null, breakingAtReset(socket));
      socket.destroy();
      callback(refusal, null);
    });
  };
}

/** Returns a connector for `http:`, which only a profile with `allowHttp` leads to. */
export function plainConnector(onread?: OnReadOpts): buildConnector.connector {
  const connect = buildConnector({ allowH2: false, timeout: 15_000, onread });
  return (target, callback) => {
    connect(target, (...[error, socket]) => {
      if (error === null) callback(null, breakingAtReset(socket));
      else callback(error, null);
    });
  };
}

/**
 * Undici takes ECONNRESET for the end of a body of which no length was told. Without its code, the error breaks such a
 * body like any other.
 */
function breakingAtReset<Connection extends Socket>(socket: Connection): Connection {
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNRESET") delete error.code;
  });
  return socket;
}

/** Lower-case hexadecimal digits without separators. */
export function normaliseThumbprint(thumbprint: string): string {
  return thumbprint.replace(/[^0-9a-f]/gi, "").toLowerCase();
}

/** SHA-256 thumbprint of a certificate, given as PEM or DER, in the form `AA:BB:..`. */
export function sha256Thumbprint(certificate: string | Buffer): string {
  return thumbprint("sha256", new X509Certificate(certificate).raw);
}

/** Thumbprint of a certificate's DER in the form `AA:BB:..`. */
export function thumbprint(hash: "sha1" | "sha256", der: Buffer): string {
  const digits = createHash(hash).update(der).digest("hex").toUpperCase();
  return digits.replace(/..(?=.)/g, "$&:");
}

/** What a finished handshake tells of the server. */
export type Presented = Pick<TLSSocket, "authorized" | "authorizationError" | "getPeerX509Certificate">;

/** Tells why a connection must not be used; undefined when it may. */
export type CertificateCheck = (connection: Presented, server: string) => CertificateMismatch | undefined;

/** @throws InvalidInput when the rule's certificate or thumbprint cannot be read */
export function certificateCheck(rule: CertificateRule): CertificateCheck {
  if (rule.certificate !== undefined)
    return mustBe("sha256", thumbprint("sha256", readPem(rule.certificate)));
  if (rule.thumbprint === undefined) return mustBeTrusted;
  const { length } = normaliseThumbprint(rule.thumbprint);
  if (length === 40) return mustBe("sha1", rule.thumbprint);
  if (length === 64) return mustBe("sha256", rule.thumbprint);
  throw new InvalidInput(
    `A certificate's thumbprint has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, not ${length}`,
  );
}

function mustBe(hash: "sha1" | "sha256", expected: string): CertificateCheck {
  return (connection, server) => {
    const der = connection.getPeerX509Certificate()?.raw;
    if (der === undefined) return new CertificateMismatch(`${server} presented no certificate`);
    const presented = thumbprint(hash, der);
    if (normaliseThumbprint(presented) === normaliseThumbprint(expected)) return undefined;
    return new CertificateMismatch(
      `${server} presented another certificate than the one expected: its ${hash === "sha1" ? "SHA-1" : "SHA-256"} ` +
        `thumbprint is ${presented}, not ${expected}. If the certificate was renewed, give the new thumbprint; ` +
        "if not, somebody may be listening",
      thumbprint("sha256", der),
    );
  };
}

function mustBeTrusted(connection: Presented, server: string): CertificateMismatch | undefined {
  if (connection.authorized) return undefined;
  const der = connection.getPeerX509Certificate()?.raw;
  const presented = der && thumbprint("sha256", der);
  return new CertificateMismatch(
    // @types/node calls it an Error; it is the error's code.
    `The certificate of ${server} is not trusted (${String(connection.authorizationError)}). Give the certificate of ` +
      "the authority that signed it, or, having compared it with the server's own, its SHA-256 thumbprint" +
      (presented ? `: ${presented}` : ""),
    presented,
  );
}

/**
 * TLS 1.2 and later, trusting the authorities of Node, of the system and of the bundle.
 * @throws InvalidInput when the bundle is not PEM
 */
export function secureContext(rule: CertificateRule): SecureContext {
  if (rule.caBundle !== undefined) readPem(rule.caBundle);
  const pinned = rule.certificate !== undefined || rule.thumbprint !== undefined;
  const key = pinned ? PINNED : rule.caBundle;
  const context =
    contexts.get(key) ??
    createSecureContext({ ca: pinned ? [] : authorities(rule.caBundle), minVersion: "TLSv1.2" });
  contexts.set(key, context);
  return context;
}

const PINNED = Symbol("no authority");

/** Reading hundreds of authorities takes tens of milliseconds, and every log-in wants them. By the bundle. */
const contexts = new Map<string | typeof PINNED | undefined, SecureContext>();

function authorities(caBundle: string | undefined): string[] {
  systemAuthorities ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return caBundle === undefined ? systemAuthorities : [...systemAuthorities, caBundle];
}

let systemAuthorities: string[] | undefined;

function readPem(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch (error) {
    throw new InvalidInput("A certificate could not be read: PEM (-----BEGIN CERTIFICATE-----) is expected", {
      cause: error,
    });
  }
}
