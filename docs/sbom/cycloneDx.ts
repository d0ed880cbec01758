import * as z from "zod";
import type { ShippedPackage } from "./shippedPackages.ts";

/** The part of package-lock.json that says what a package is. */
const lockSchema = z.object({
  name: z.string(),
  version: z.string(),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
    }),
  ),
});

/**
 * A software bill of materials in CycloneDX 1.6. Without a time or a serial number, so that it changes only when what is
 * shipped does.
 * @param lock package-lock.json
 * @throws Error naming a package that the lock does not know
 */
export function cycloneDx(lock: unknown, shipped: ShippedPackage[]): object {
  const { name, version, packages } = lockSchema.parse(lock);
  const purl = packageUrl(name, version);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": purl, name, version, purl } },
    components: shipped.map(({ folder, artefacts }) => {
      const locked = packages[folder];
      if (locked?.version === undefined) throw new Error(`package-lock.json does not know ${folder}`);
      return component(folder.replace(/^.*node_modules\//, ""), locked.version, locked, artefacts);
    }),
  };
}

function component(
  name: string,
  version: string,
  { integrity, license }: { integrity?: string | undefined; license?: string | undefined },
  artefacts: string[],
) {
  const purl = packageUrl(name, version);
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(integrity?.startsWith("sha512-") && {
      hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.slice(7), "base64").toString("hex") }],
    }),
    properties: artefacts.map((artefact) => ({ name: "library-export:artefact", value: artefact })),
  };
}

/** Source: package-url/purl-spec, type npm: the `@` of a scope is encoded. */
function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
