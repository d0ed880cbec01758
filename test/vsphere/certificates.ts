import { generate } from "selfsigned";

export interface Identity {
  /** PEM. */
  key: string;
  /** PEM. */
  certificate: string;
}

export interface IdentityOptions {
  /** Host name in the certificate, besides which there is the address 127.0.0.1 unless `address` is false. */
  host?: string;
  address?: boolean;
  /** Signed by this authority; else by itself. */
  authority?: Identity;
  isAuthority?: boolean;
  notAfter?: Date;
}

/** Makes a certificate with its key: none is ever kept anywhere. */
export async function makeIdentity(options: IdentityOptions = {}): Promise<Identity> {
  const { host = "localhost", address = true, authority, isAuthority = false, notAfter } = options;
  const made = await generate([{ name: "commonName", value: isAuthority ? "An authority" : host }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.UTC(2020, 0, 1)),
    notAfterDate: notAfter ?? new Date(Date.UTC(2090, 0, 1)),
    ca: authority && { key: authority.key, cert: authority.certificate },
    extensions: [
      { name: "basicConstraints", cA: isAuthority, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: isAuthority, critical: true },
      {
        name: "subjectAltName",
        altNames: [{ type: 2, value: host }, ...(address ? [{ type: 7 as const, ip: "127.0.0.1" }] : [])],
      },
    ],
  });
  return { key: made.private, certificate: made.cert };
}
