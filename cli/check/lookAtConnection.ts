import type { TlsFacts, VcenterProbe } from "../../functions/vsphere/probe.ts";
import { thumbprintAdvice } from "../failure.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Signatures of AWS requests are refused from five minutes of difference on; leases are compared with this clock too. */
const SKEW_SECONDS = 60;

/** The Date of an answer is cut to the second. */
const SKEW_NOTHING_SECONDS = 1;

/** What can be told about a vCenter before the log-in. */
export function* lookAtConnection(probe: VcenterProbe): Generator<Finding> {
  yield ok("reach", `${probe.host} answers`);
  if (probe.tls === undefined) yield warn("certificate", "http: everything travels in clear", { tls: false });
  else yield lookAtCertificate(probe.tls);
  if (probe.tls?.problem !== undefined) return;
  yield lookAtClock(probe.clockSkewSeconds);
  const { apiVersion } = probe;
  if (apiVersion === undefined)
    yield warn("version", "vCenter does not tell its version", { apiVersion: null });
  else yield ok("version", `vSphere API ${apiVersion}`, { apiVersion });
}

function lookAtCertificate(tls: TlsFacts): Finding {
  const facts = {
    tls: true,
    protocol: tls.protocol,
    checkedBy: tls.checkedBy,
    accepted: tls.problem === undefined,
    selfSigned: tls.subject === tls.issuer,
  };
  if (tls.problem !== undefined) {
    return fail("certificate", `${tls.problem}\n${thumbprintAdvice(tls.sha256Thumbprint).trim()}`, facts);
  }
  const by = tls.checkedBy === "thumbprint" ? "the thumbprint given" : "a trusted authority";
  return ok(
    "certificate",
    `accepted by ${by}, valid to ${tls.validTo}, ${tls.protocol}; SHA-256 ${tls.sha256Thumbprint}`,
    facts,
  );
}

function lookAtClock(skewSeconds: number | undefined): Finding {
  const facts = { skewSeconds: skewSeconds ?? null };
  if (skewSeconds === undefined) return warn("clock", "vCenter does not tell its time", facts);
  const apart = `${Math.abs(skewSeconds)} s ${skewSeconds < 0 ? "behind" : "ahead of"} this machine's`;
  if (Math.abs(skewSeconds) > SKEW_SECONDS) return warn("clock", `vCenter's clock is ${apart}`, facts);
  return ok(
    "clock",
    Math.abs(skewSeconds) <= SKEW_NOTHING_SECONDS
      ? "vCenter's clock agrees with this machine's"
      : `vCenter's clock is ${apart}`,
    facts,
  );
}
