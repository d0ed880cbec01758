import type { Behaviour, Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { ALWAYS, type Expectation, type Family, LARGE_BYTES, type Scenario } from "../scenario.ts";

/** Within the first of the file's two parts. */
const MIDWAY = 2_000_000;
const LAST_BYTE = LARGE_BYTES - 1;
const OTHER_ETAG = '"of-another-file"';

/** An endpoint that serves no ranges, and tells no length. */
const WITHOUT_RANGES = { ranges: false, framing: "chunked" as const };
const IMPATIENT = { timeouts: { endpointSilence: 500 } };

/** Cut once, so that the second answer is to a request for the rest. */
const CUT: VcenterFault = { on: "data", reset: true, afterBytes: MIDWAY };

/** What can go wrong with a file's bytes. */
export const endpoint: Family = {
  title: "The endpoint's bytes",
  about: "What happens to the bytes of a file on their way from vCenter's download endpoint.",
  scenarios: [
    {
      name: "connection: refused",
      fault: { behaviour: { endpoint: "closed-port" }, during: ["TransferFile"] },
      expect: { outcome: "TransferInterrupted" },
    },
    ...[
      bytes("connection: cut before the answer, once", { reset: true }, "EXPORTED"),
      bytes("connection: cut in the middle, once", { reset: true, afterBytes: MIDWAY }, "EXPORTED"),
      bytes("connection: cut before the last byte, once", { reset: true, afterBytes: LAST_BYTE }, "EXPORTED"),
      bytes(
        "connection: cut each time, after some bytes",
        { reset: true, afterBytes: 1_000_000, times: ALWAYS },
        "EXPORTED",
      ),
      bytes(
        "connection: cut each time, after no byte",
        [CUT, { reset: true, afterBytes: 0, times: ALWAYS }],
        "TransferInterrupted",
      ),
    ],
    withoutRanges("connection: cut in the middle, once", CUT, "EXPORTED"),
    withoutRanges(
      "connection: cut in the middle, each time",
      { ...CUT, times: ALWAYS },
      "TransferInterrupted",
    ),

    impatient("silence: no answer, once", { hang: true }, "EXPORTED"),
    impatient("silence: in the middle, once", { hang: true, afterBytes: MIDWAY }, "EXPORTED"),
    impatient("silence: no answer, each time", { hang: true, times: ALWAYS }, "TransferInterrupted"),
    {
      name: "silence: never for long, but few bytes at a time",
      fault: { during: ["TransferFile"], ...IMPATIENT, behaviour: { bytesPerSecond: 25_000 } },
      expect: { outcome: "EXPORTED" },
    },

    bytes("body: short, with a clean end, once", { endCleanly: true, afterBytes: MIDWAY }, "EXPORTED"),
    bytes(
      "body: short, with a clean end, each time",
      { endCleanly: true, afterBytes: MIDWAY, times: ALWAYS },
      "EXPORTED",
    ),
    withoutRanges("body: short, with a clean end", { endCleanly: true, afterBytes: MIDWAY }, "SizeMismatch"),
    bytes("body: longer than its length", { extraBytes: 1000 }, "EXPORTED"),
    withoutRanges("body: longer than the file", { extraBytes: 1000 }, "SizeMismatch"),
    bytes("body: a byte is another", { corruptByteAt: MIDWAY }, "ChecksumMismatch"),
    bytes("body: gzip, though not asked for", { headers: { "content-encoding": "gzip" } }, "SourceRefused"),

    bytes(
      "head: Content-Length is too large",
      { headers: { "content-length": String(LARGE_BYTES + 1) }, times: ALWAYS },
      "SourceRefused",
    ),
    bytes(
      "head: Content-Length is too small",
      { headers: { "content-length": String(LAST_BYTE) }, times: ALWAYS },
      "SourceRefused",
    ),
    bytes(
      "head: another range than asked for",
      { headers: { "content-range": `bytes 1-${LAST_BYTE}/${LARGE_BYTES}` } },
      "SourceRefused",
    ),
    bytes("head: no range at all", { headers: { "content-range": "" } }, "SourceRefused"),
    bytes("later head: another range than asked for", [CUT, rangeHead(0, LARGE_BYTES)], "SourceRefused"),
    bytes("later head: the range is ignored", [CUT, { ignoreRange: true }], "SourceChanged"),
    bytes("later head: another ETag", [CUT, { headers: { etag: OTHER_ETAG } }], "SourceChanged"),
    bytes("later head: another size", [CUT, rangeHead(MIDWAY, LARGE_BYTES + 1)], "SourceChanged"),

    bytes("status: 401", { status: 401, times: ALWAYS }, "SourceRefused"),
    bytes("status: 403", { status: 403, times: ALWAYS }, "SourceRefused"),
    bytes("status: 404", { status: 404, times: ALWAYS }, "SourceRefused"),
    bytes("status: 500", { status: 500, times: ALWAYS }, "SourceRefused"),
    bytes("status: 503 once", { status: 503 }, "EXPORTED"),
    bytes("status: 503 once, in the middle", [CUT, { status: 503 }], "EXPORTED"),
    bytes("status: 503 each time", { status: 503, times: ALWAYS }, "SourceRefused"),
    bytes(
      "status: a proxy's page",
      { body: "<html><body>Blocked</body></html>", contentType: "text/html", times: ALWAYS },
      "SizeMismatch",
    ),

    {
      name: "place: a redirect to another host",
      fault: {
        during: ["TransferFile"],
        vcenter: ({ workflow }) => [
          { on: "data", location: `${workflow.vcenter.url.replace("127.0.0.1", "localhost")}/cls/data/a/b` },
        ],
      },
      expect: { outcome: "SourceRefused" },
    },
    place("another host", { endpoint: "other-host" }, "EndpointNotAllowed"),
    place("http: in place of https:", { endpoint: "http" }, "EndpointNotAllowed"),
    place("a datastore's path", { endpoint: "ds" }, "EndpointNotSupported"),
    place(
      "another certificate than vCenter names",
      { endpoint: "second-port", endpointThumbprint: "wrong" },
      "CertificateMismatch",
    ),
    place(
      "a certificate that nobody names or trusts",
      { endpoint: "second-port", endpointThumbprint: "none" },
      "CertificateMismatch",
    ),
  ],
};

type BytesFault = Omit<VcenterFault, "on">;

function bytes(
  name: string,
  faults: BytesFault | BytesFault[],
  outcome: string,
  more: Partial<Scenario["fault"]> = {},
): Scenario {
  return {
    name,
    fault: {
      during: ["TransferFile"],
      bytes: LARGE_BYTES,
      vcenter: [faults].flat().map((fault) => ({ ...fault, on: "data" })),
      ...more,
    },
    expect: { outcome },
  };
}

function withoutRanges(name: string, fault: BytesFault, outcome: string): Scenario {
  return bytes(`${name}, where no ranges are served`, fault, outcome, { behaviour: WITHOUT_RANGES });
}

function impatient(name: string, fault: BytesFault, outcome: string): Scenario {
  return bytes(name, fault, outcome, IMPATIENT);
}

function rangeHead(start: number, total: number): BytesFault {
  const headers = {
    "content-range": `bytes ${start}-${total - 1}/${total}`,
    "content-length": String(total - start),
  };
  return { headers };
}

function place(what: string, behaviour: Partial<Behaviour>, outcome: Expectation["outcome"]): Scenario {
  return {
    name: `place: ${what}`,
    fault: { during: ["TransferFile"], behaviour },
    expect: { outcome },
  };
}
