import { XMLParser } from "fast-xml-parser";
import * as z from "zod";
import { hasLongToken } from "../xmlTokens.ts";

export interface OvfDescriptor {
  /** The files that the package consists of besides the descriptor: their names, perhaps percent-encoded. */
  references: string[];
  /** Whether it describes several machines: a VirtualSystemCollection. */
  isVappTemplate: boolean;
}

/** Many times what the descriptor of a hundred machines has. It takes a function of 512 MiB some 100 MiB to read. */
export const MAX_DESCRIPTOR_BYTES = 4 * 1024 ** 2;

/**
 * Reads what an OVF descriptor refers to. References to other places (`https:`) are left out: they are not part of
 * the package. A file in chunks is listed by its chunks' names.
 * Source: DSP0243 1.1.1, section 7.1.
 * @returns undefined when the text is too long or not an OVF descriptor, or one of more files than a package can have
 */
export function readOvfDescriptor(text: string): OvfDescriptor | undefined {
  const envelope = envelopeSchema.safeParse(parse(text)).data?.Envelope;
  if (envelope === undefined) return undefined;
  const files = asArray(envelope.References?.File);
  if (files.reduce((sum, file) => sum + chunkCount(file), 0) > MAX_REFERENCES) return undefined;
  return {
    references: files.flatMap(chunkNames),
    isVappTemplate: envelope.VirtualSystemCollection !== undefined,
  };
}

/** The references of the descriptor that no file has the name of. */
export function missingReferences({ references }: OvfDescriptor, names: ReadonlySet<string>): string[] {
  return references.filter((reference) => !names.has(reference) && !names.has(decoded(reference)));
}

const LONGEST_TOKEN = 256 * 1024;

/** A line of a descriptor may claim that a file consists of any number of chunks. */
const MAX_REFERENCES = 10_000;

const fileSchema = z.object({
  href: z.string(),
  size: z.coerce.number().nonnegative().optional(),
  chunkSize: z.coerce.number().positive().optional(),
});
/** An element of which nothing is kept is an empty string, or the text in it. */
function element<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (typeof value === "string" ? {} : value), z.object(shape));
}
const envelopeSchema = z.object({
  Envelope: element({
    References: element({ File: z.union([fileSchema, z.array(fileSchema)]).optional() }).optional(),
    VirtualSystemCollection: z.unknown().optional(),
  }),
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  ignorePiTags: true,
  // Nothing else is kept, however much else there is: a descriptor is mostly the hardware of its machines.
  jPath: false,
  updateTag: (_tag, path) => typeof path !== "string" && KEPT.has(path.toString(".", false)),
});

const KEPT = new Set([
  "Envelope",
  "Envelope.References",
  "Envelope.References.File",
  "Envelope.VirtualSystemCollection",
]);

function parse(text: string): unknown {
  if (text.length > MAX_DESCRIPTOR_BYTES || hasLongToken(text, LONGEST_TOKEN)) return undefined;
  // A descriptor has none, and a document type is where entities are declared that could grow without end.
  if (/<!(doctype|entity)/i.test(text)) return undefined;
  try {
    return parser.parse(text);
  } catch {
    return undefined;
  }
}

function chunkNames(file: z.infer<typeof fileSchema>): string[] {
  const { href, size, chunkSize } = file;
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return [];
  if (chunkSize === undefined || !size) return [href];
  const chunks = Array.from({ length: chunkCount(file) }, (_, chunk) => String(chunk).padStart(9, "0"));
  return chunks.map((chunk) => `${href}.${chunk}`);
}

function chunkCount({ size, chunkSize }: z.infer<typeof fileSchema>): number {
  return chunkSize === undefined || !size ? 1 : Math.ceil(size / chunkSize);
}

/** The reference is a URI, the file's name is not; yet many write the name as it is. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

function asArray<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
