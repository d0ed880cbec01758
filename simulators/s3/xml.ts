import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "./errors.ts";

export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

/** `{ ListPartsResult: { Part: [...] } }` as the text that S3 answers with. Undefined members are left out. */
export function buildXml(document: { [name: string]: XmlValue }): string {
  const [root] = Object.keys(document);
  const content = root === undefined ? undefined : document[root];
  if (root === undefined || typeof content !== "object" || Array.isArray(content)) {
    throw new TypeError("an XML document has one root element with children");
  }
  const namespaced =
    root === "Error"
      ? document
      : { [root]: { "@xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", ...content } };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(namespaced)}`;
}

/**
 * The children of the root element of a request, as text; elements named in `lists` are always arrays.
 * @throws S3Error MalformedXML
 */
export function parseXml(text: string, root: string, lists: string[]): XmlElement {
  // A request to S3 never has a DTD; refusing it here keeps entity tricks away from the parser.
  if (/<!/.test(text) || XMLValidator.validate(text) !== true) throw new S3Error("MalformedXML");
  const parser = new XMLParser({
    parseTagValue: false,
    processEntities: false,
    trimValues: false,
    isArray: (name) => lists.includes(name),
  });
  const element = asElement(asElement(parser.parse(text))[root]);
  return element;
}

export type XmlElement = Record<string, unknown>;

export function asElement(value: unknown): XmlElement {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new S3Error("MalformedXML");
  return value as XmlElement; // an object that is no array: its members are checked where they are used
}

export function elementsOf(parent: XmlElement, name: string): XmlElement[] {
  const value = parent[name];
  return Array.isArray(value) ? value.map(asElement) : [];
}

export function textOf(parent: XmlElement, name: string): string | undefined {
  const value = parent[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new S3Error("MalformedXML");
  return decodeEntities(value);
}

// By hand, because the parser bounds how many entities a document may hold, and 10,000 quoted ETags exceed it.
function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));/gi, (all, hex, decimal, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? all;
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: true,
  processEntities: false,
  tagValueProcessor: (_name, value) => escapeXml(String(value)),
});

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
