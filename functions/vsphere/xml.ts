import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { InvalidInput } from "../errors.ts";
import { hasLongToken } from "../xmlTokens.ts";
import { type Codec, isStructure } from "./dialect.ts";
import { Malformed } from "./fields.ts";
import type { Operation } from "./operations.ts";

/**
 * XML as the 6.0 and 6.5 references show it. `ns0:<Operation>-Input` and `-Result` are in the service's
 * namespace, and nothing else is in any. A list field `args` is written `args-array` with `array-item` elements, and a
 * result that is a list `value-array`. Every value is text.
 */
export const xmlCodec: Codec = {
  mediaType: "application/xml",

  write(operation, body) {
    return builder.build({
      "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
      [`ns0:${operation.name}-Input`]: {
        "@_xmlns:ns0": namespaceOf(operation),
        "@_xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        ...Object.fromEntries(Object.entries(body).flatMap(element)),
      },
    });
  },

  read(operation, text) {
    if (text.trim() === "") return undefined;
    const { name, value } = parseXml(text);
    const expected = `${operation.name}-Result`;
    if (name !== expected) throw new Malformed(`its root element is ${name.slice(0, 100)}, not ${expected}`);
    return value;
  },

  // What an XML error looks like is not documented. This takes the JSON structure in XML's clothes, under any
  // root element; a root element that is itself named after the error's type tells at least that.
  readError(text) {
    if (text.trim() === "") return undefined;
    const { name, value } = parseXml(text);
    const named = /[._]/.test(name) ? { type: name } : {};
    return isStructure(value) ? { ...named, ...value } : named;
  },
};

/** `http://vmware.com/` and the service's id with slashes. */
export function namespaceOf(operation: Pick<Operation<unknown>, "service">): string {
  return `http://vmware.com/${operation.service}`;
}

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });

const parser = new XMLParser({
  ignoreAttributes: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  // Ids such as 00123 are text, and a file's name may begin or end with a blank.
  parseTagValue: false,
  trimValues: false,
  // Character references. Entities of the document's own are refused before the parser sees it.
  htmlEntities: true,
});

/**
 * Parses a document into the values that the same answer has in JSON, except that every scalar is text.
 * @throws Malformed, also for any document type declaration: vCenter sends none, and entities are declared there
 */
function parseXml(text: string): { name: string; value: unknown } {
  if (/<!(doctype|entity)/i.test(text)) throw new Malformed("it has a document type declaration");
  if (hasLongToken(text, LONGEST_TOKEN))
    throw new Malformed("it has a text or a tag of more than a megabyte");
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Malformed(`it is not well-formed XML (line ${valid.err.line})`);
  let document: unknown;
  try {
    document = parser.parse(text);
  } catch (error) {
    throw new Malformed("it cannot be parsed as XML", { cause: error });
  }
  const roots = isStructure(document) ? Object.entries(document).filter(([name]) => name !== "#text") : [];
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new Malformed("it does not have one root element");
  return { name: root[0], value: treeOf(root[1]) };
}

const LONGEST_TOKEN = 1_000_000;

function treeOf(node: unknown): unknown {
  if (!isStructure(node)) return node;
  if (node["@_nil"] === "true" || node["@_nil"] === "1") return null;
  const children = Object.entries(node).filter(([name]) => name !== "#text" && !name.startsWith("@_"));
  if (children.length === 0) return node["#text"] ?? "";
  return Object.fromEntries(
    children.map(([name, child]) =>
      name.endsWith("-array") ? [name.slice(0, -"-array".length), itemsOf(child)] : [name, treeOf(child)],
    ),
  );
}

function itemsOf(node: unknown): unknown {
  const value = treeOf(node);
  if (!isStructure(value) || !("array-item" in value)) return value;
  const items = isStructure(node) ? node["array-item"] : undefined;
  return Array.isArray(items) ? items.map(treeOf) : [treeOf(items)];
}

function element([name, value]: [string, unknown]): [string, unknown][] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return [[`${name}-array`, { "array-item": value }]];
  if (isStructure(value)) return [[name, Object.fromEntries(Object.entries(value).flatMap(element))]];
  return [[name, writable(name, String(value))]];
}

/** XML 1.0 has no way to write most control characters. */
function writable(name: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML cannot hold
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) {
    throw new InvalidInput(`${name} has a character that XML cannot hold: use a JSON dialect`);
  }
  return text;
}
