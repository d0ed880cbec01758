import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { thumbprintSchema } from "../../functions/config.ts";
import { CertificateMismatch, InvalidInput } from "../../functions/errors.ts";
import {
  certificateCheck,
  sha256Thumbprint,
  thumbprint,
  verifiedConnectorMaker,
} from "../../functions/tls.ts";
import { makeIdentity } from "../vsphere/certificates.ts";
import { damagedBytes } from "./damage.ts";
import { outcomeNow } from "./outcome.ts";
import { share } from "./settings.ts";
import { anyText } from "./text.ts";

let presented: X509Certificate;
let pem: string;
let otherPem: string;
beforeAll(async () => {
  pem = (await makeIdentity()).certificate;
  otherPem = (await makeIdentity()).certificate;
  presented = new X509Certificate(pem);
});

/** A connection on which the server has presented its certificate. */
const connection = () => ({
  authorized: false,
  authorizationError: new Error("self-signed"),
  getPeerX509Certificate: () => presented,
});

const hash = fc.constantFrom("sha1" as const, "sha256" as const);
const spelling = fc.record({
  separator: fc.constantFrom("", ":", "-", " ", ": "),
  upper: fc.boolean(),
  around: fc.constantFrom("", " ", "\n"),
});
type Spelling = { separator: string; upper: boolean; around: string };

function spelled(digits: string, { separator, upper, around }: Spelling): string {
  const text = (digits.match(/../g) ?? []).join(separator);
  return around + (upper ? text.toUpperCase() : text.toLowerCase()) + around;
}

const digitsOf = (algorithm: "sha1" | "sha256") => thumbprint(algorithm, presented.raw).replaceAll(":", "");

describe("a thumbprint", () => {
  test("is that of the certificate in every spelling, and profiles take each", () => {
    fc.assert(
      fc.property(hash, spelling, (algorithm, how) => {
        const text = spelled(digitsOf(algorithm), how);
        expect(thumbprintSchema.safeParse(text).success).toBe(true);
        expect(certificateCheck({ thumbprint: text })(connection(), "vcenter")).toBeUndefined();
      }),
    );
  });

  test("with any digit changed is of another certificate", () => {
    fc.assert(
      fc.property(hash, spelling, fc.nat(), fc.integer({ min: 1, max: 15 }), (algorithm, how, at, by) => {
        const digits = [...digitsOf(algorithm)];
        const place = at % digits.length;
        digits[place] = ((Number.parseInt(digits[place] ?? "", 16) + by) % 16).toString(16);
        const text = spelled(digits.join(""), how);
        expect(certificateCheck({ thumbprint: text })(connection(), "vcenter")).toBeInstanceOf(
          CertificateMismatch,
        );
      }),
    );
  });

  test("cut, lengthened or damaged lets no certificate in", () => {
    const damaged = hash.chain((algorithm) => damagedBytes(fc.constant(null).map(() => digitsOf(algorithm))));
    fc.assert(
      fc.property(fc.oneof(damaged.map(String), anyText), (text) => {
        const outcome = outcomeNow(() => certificateCheck({ thumbprint: text })(connection(), "vcenter"));
        const isTheSame = ["sha1", "sha256"].some(
          (algorithm) =>
            text.replace(/[^0-9a-f]/gi, "").toUpperCase() ===
            digitsOf(algorithm === "sha1" ? "sha1" : "sha256"),
        );
        if (outcome.error !== undefined) expect(outcome.error).toBeInstanceOf(InvalidInput);
        else if (!isTheSame) expect(outcome.value).toBeInstanceOf(CertificateMismatch);
      }),
      share(3),
    );
  });
});

describe("a certificate in PEM", () => {
  test("lets in itself and none other, whatever the damage", () => {
    fc.assert(
      fc.property(damagedBytes(fc.constant(null).map(() => pem)), (bytes) => {
        const certificate = bytes.toString("latin1");
        const outcome = outcomeNow(() => certificateCheck({ certificate })(connection(), "vcenter"));
        if (outcome.error !== undefined) {
          expect(outcome.error).toBeInstanceOf(InvalidInput);
          return;
        }
        const isTheSame = new X509Certificate(certificate).fingerprint256 === presented.fingerprint256;
        expect(outcome.value === undefined).toBe(isTheSame);
      }),
    );
    expect(certificateCheck({ certificate: otherPem })(connection(), "vcenter")).toBeInstanceOf(
      CertificateMismatch,
    );
  });

  test("that is no PEM is refused by name, as a rule and as a bundle", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, damagedBytes(fc.constant(null).map(() => pem)).map(String)), (text) => {
        for (const rule of [{ certificate: text }, { caBundle: text }]) {
          const outcome = outcomeNow(() => verifiedConnectorMaker(rule));
          if (outcome.error !== undefined) expect(outcome.error).toBeInstanceOf(InvalidInput);
        }
      }),
      share(1 / 3),
    );
    expect(sha256Thumbprint(pem)).toBe(presented.fingerprint256);
  });
});
