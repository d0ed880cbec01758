import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { type Codec, restError, structure } from "./codec.ts";
import type { OperationName } from "./operations.ts";
import { invalidArgument } from "./vapiError.ts";

/**
 * XML as the 6.0 and 6.5 references show it: the root alone has a namespace, that of the service; a list is
 * `<name>-array` with `array-item` in it. The media type and the body of an error are not documented: both are
 * assumed here.
 */
export const xmlCodec: Codec = {
  contentType: "application/xml",
  textual: true,
  decode(body, operation) {
    if (body === "") return {};
    const { name, namespace, members } = parseRoot(body);
    const expected = `${operationName(operation)}-Input`;
    if (name !== expected || namespace !== namespaceOf(operation)) {
      throw invalidArgument(`The body's root is not ${expected} of ${namespaceOf(operation)}.`, expected);
    }
    return members;
  },
  encode(operation, value) {
    if (value === undefined) return "";
    return build(`ns0:${operationName(operation)}-Result`, namespaceOf(operation), { value });
  },
  encodeError: (error, errorType) =>
    build("ns0:error", "http://vmware.com/vapi", restError(error, errorType)),
};

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

function namespaceOf(operation: OperationName): string {
  const [service] = operation.split(".");
  const paths: Record<string, string> = {
    session: "cis/session",
    library: "content/library",
    item: "content/library/item",
    "item-file": "content/library/item/file",
    // Underscore here and none there, unlike the URLs.
    "download-session": "content/library/item/download_session",
    "download-session-file": "content/library/item/downloadsession/file",
  };
  return `http://vmware.com/${paths[service ?? ""]}`;
}

/** `keep-alive` is `KeepAlive`. */
function operationName(operation: OperationName): string {
  const [, name = ""] = operation.split(".");
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

function build(root: string, namespace: string, value: Record<string, unknown>): string {
  const attributes = { "@_xmlns:ns0": namespace, "@_xmlns:xsi": XSI };
  const document = { [root]: { ...attributes, ...listsRenamed(value) } };
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build(document)}`;
}

function listsRenamed(value: object): Record<string, unknown> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => {
      if (Array.isArray(member)) return [`${name}-array`, { "array-item": member.map(element) }];
      return [name, element(member)];
    }),
  );
}

function element(value: unknown): unknown {
  return typeof value === "object" && value !== null ? listsRenamed(value) : String(value);
}

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
});

function parseRoot(body: string) {
  if (XMLValidator.validate(body) !== true) throw invalidArgument("The body is not well-formed XML.");
  const document: unknown = parser.parse(body);
  const [root] = Object.entries(structure(document)).filter(([name]) => name !== "#text");
  if (!root) throw invalidArgument("The body has no root.");
  const [qualified, content] = root;
  const [prefix = "", name = ""] = qualified.includes(":") ? qualified.split(":") : ["", qualified];
  const attributes = content === "" ? {} : structure(content);
  const namespace = attributes[prefix ? `@_xmlns:${prefix}` : "@_xmlns"];
  return { name, namespace, members: members(attributes) };
}

function members(content: Record<string, unknown>): Record<string, unknown> {
  const named = Object.entries(content).filter(([name]) => name !== "#text" && !name.startsWith("@_"));
  return Object.fromEntries(named.flatMap(([name, value]) => (isNil(value) ? [] : [[name, plain(value)]])));
}

/** An element with attributes or children of its own is an object, with its text in `#text`. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const content = structure(value);
  const children = members(content);
  return Object.keys(children).length === 0 ? (content["#text"] ?? "") : children;
}

function isNil(value: unknown): boolean {
  return typeof value === "object" && value !== null && "@_xsi:nil" in value && value["@_xsi:nil"] === "true";
}
