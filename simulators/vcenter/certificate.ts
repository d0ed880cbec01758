import { X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

/** A TLS key with its self-signed certificate, and what identifies it. */
export interface Certificate {
  /** PEM. */
  key: string;
  /** PEM; usable as a CA bundle. */
  certificate: string;
  /** Of the DER, `AA:BB:..`. */
  thumbprint: string;
  thumbprintSha256: string;
}

/** Makes a certificate for this machine's own names, so that no private key is ever kept anywhere. */
export async function makeCertificate(commonName: string): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  const { fingerprint, fingerprint256 } = new X509Certificate(made.cert);
  return {
    key: made.private,
    certificate: made.cert,
    thumbprint: fingerprint,
    thumbprintSha256: fingerprint256,
  };
}
