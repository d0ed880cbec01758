import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { MAX_DESCRIPTOR_BYTES } from "../../../functions/sync/ovfDescriptor.ts";

const MiB = 1024 ** 2;

/** Far below what a function has; what these documents once became was gigabytes. */
const LIMITS = {
  "answer in XML": { maxOldGenerationSizeMb: 512 },
  "answer in JSON": { maxOldGenerationSizeMb: 512 },
  // The page of a library around it takes some, too.
  descriptor: { maxOldGenerationSizeMb: 256 },
};

/** What a document is made of again and again, up to so many bytes. */
interface Bomb {
  what: string;
  start: string;
  again: string;
  end?: string;
  bytes: number;
}

const inXml = { start: "<Get-Result><value>", end: "</value></Get-Result>" };
const XML: Bomb[] = [
  { what: "empty elements", ...inXml, again: "<a/>", bytes: 16 * MiB },
  { what: "elements without end", ...inXml, again: "<a>", bytes: 16 * MiB },
  { what: "closing elements", ...inXml, again: "</a>", bytes: 16 * MiB },
  { what: "attributes", start: "<Get-Result", again: ' a="1"', end: "/>", bytes: 4 * MiB },
  { what: "references", ...inXml, again: "&#65;", bytes: 4 * MiB },
  { what: "entities", ...inXml, again: "&amp;", bytes: 4 * MiB },
  { what: "comments", ...inXml, again: "<!-- -->", bytes: 4 * MiB },
  { what: "CDATA sections", ...inXml, again: "<![CDATA[]]>", bytes: 4 * MiB },
  { what: "open CDATA sections", ...inXml, again: "<![CDATA[", bytes: 4 * MiB },
  { what: "processing instructions", ...inXml, again: "<?a?>", bytes: 4 * MiB },
  { what: "blanks", start: "<Get-Result ", again: " ", end: "/>", bytes: 4 * MiB },
  { what: "lines", start: "", again: "\n", end: "<a", bytes: 4 * MiB },
  { what: "a name", start: "<", again: "a", end: "/>", bytes: 4 * MiB },
  { what: "text", ...inXml, again: "a", bytes: 16 * MiB },
  {
    what: "attributes without value",
    start: "<Get-Result",
    again: ` ">" "<"${" a".repeat(400_000)}`,
    end: "/>",
    bytes: 16 * MiB,
  },
  { what: "long texts", ...inXml, again: `<a>${"a".repeat(900_000)}</a>`, bytes: 16 * MiB },
];
const JSON_BOMBS: Bomb[] = [
  { what: "empty lists", start: "[", again: "[],", end: "1]", bytes: 16 * MiB },
  { what: "empty structures", start: "[", again: "{},", end: "1]", bytes: 16 * MiB },
  { what: "numbers", start: "[", again: "1,", end: "1]", bytes: 16 * MiB },
  { what: "lists within lists", start: "", again: "[", bytes: 16 * MiB },
  { what: "the same field", start: "{", again: '"a":1,', end: '"b":1}', bytes: 4 * MiB },
  { what: "digits", start: "", again: "9", bytes: 4 * MiB },
  { what: "escapes", start: '"', again: "\\u0041", end: '"', bytes: 4 * MiB },
  { what: "text", start: '"', again: "a", end: '"', bytes: 16 * MiB },
];

const inEnvelope = { start: "<Envelope>", end: "</Envelope>", bytes: MAX_DESCRIPTOR_BYTES - 100 };
const DESCRIPTORS: Bomb[] = [
  { what: "attributes", ...inEnvelope, start: "<Envelope", again: ' a="1"', end: "/>" },
  { what: "attributes of brackets", ...inEnvelope, start: "<Envelope", again: ' a="<"', end: "/>" },
  { what: "attributes without value", ...inEnvelope, start: "<Envelope", again: " a", end: "/>" },
  { what: "elements of attributes", ...inEnvelope, again: `<a${" a".repeat(100_000)}/>` },
  { what: "processing instructions", ...inEnvelope, again: "<?a?>" },
  { what: "empty elements", ...inEnvelope, again: "<a/>" },
  { what: "collections", ...inEnvelope, again: "<VirtualSystemCollection/>" },
  {
    what: "files",
    ...inEnvelope,
    start: "<Envelope><References>",
    again: '<File href=""/>',
    end: "</References></Envelope>",
  },
  { what: "text", ...inEnvelope, again: "a" },
  { what: "entities", ...inEnvelope, again: "&amp;" },
  { what: "CDATA sections", ...inEnvelope, again: "<![CDATA[]]>" },
  { what: "elements without end", ...inEnvelope, again: "<a>" },
];

/** Has the document read in a thread of its own, which ends when it needs more memory than the limits allow. */
async function read(what: keyof typeof LIMITS, { start, again, end = "", bytes }: Bomb): Promise<string> {
  const document = start + again.repeat(Math.floor(bytes / again.length)) + end;
  const { promise, resolve } = Promise.withResolvers<string>();
  const worker = new Worker(new URL("readDocument.ts", import.meta.url), {
    workerData: { what, document },
    resourceLimits: LIMITS[what],
  });
  worker.once("message", resolve);
  worker.once("error", (error) => resolve(`${error.name}: ${error.message}`));
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}

describe("an answer that is nothing but the same again and again is read or refused, within bounds", () => {
  test.each(XML)("$what in XML", async (bomb) => {
    expect(await read("answer in XML", bomb)).toMatch(/^(read|Malformed)$/);
  });

  test.each(JSON_BOMBS)("$what in JSON", async (bomb) => {
    expect(await read("answer in JSON", bomb)).toMatch(/^(read|Malformed)$/);
  });
});

describe("an OVF descriptor that is nothing but the same again and again is read or is none, within bounds", () => {
  test.each(DESCRIPTORS)("$what", async (bomb) => {
    expect(await read("descriptor", bomb)).toBe("read");
  });
});
