import { describe, expect, test } from "vitest";
import { cycloneDx } from "../../docs/sbom/cycloneDx.ts";
import sbom from "../../docs/sbom.cdx.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

/** Publishers whose packages a deployment may hold, and single packages. What else comes along is to be looked at. */
const EXPECTED = /^(@aws-sdk|@aws-lambda-powertools|@smithy|@aws)\//;
const EXPECTED_PACKAGES = [
  "@nodable/entities",
  "anynum",
  "atomic-batcher",
  "aws-xray-sdk-core",
  "cls-hooked",
  "emitter-listener",
  "fast-xml-builder",
  "fast-xml-parser",
  "hash-wasm",
  "is-unsafe",
  "path-expression-matcher",
  "semver",
  "shimmer",
  "strnum",
  "undici",
  "xml-naming",
  "zod",
];

const PERMISSIVE = ["MIT", "MIT-0", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];

function shippedBy(...artefacts: string[]): string[] {
  return sbom.components
    .filter(({ properties }) => properties.some(({ value }) => artefacts.includes(value)))
    .map(({ name }) => name);
}

describe("nothing but what is expected", () => {
  test("is shipped by a deployment", () => {
    const others = shippedBy("functions", "container").filter((name) => !EXPECTED.test(name));
    expect([...new Set(others)].sort()).toEqual(EXPECTED_PACKAGES);
  });

  test("has a licence that asks for more than to be named", () => {
    const licences = sbom.components.flatMap(({ licenses }) => licenses.map(({ expression }) => expression));
    expect(licences.length).toBe(sbom.components.length);
    expect(licences.filter((licence) => !PERMISSIVE.includes(licence))).toEqual([]);
  });
});

test("every component has the version and the hash that are locked", () => {
  for (const { name, version, hashes, purl } of sbom.components) {
    expect(purl).toMatch(new RegExp(`^pkg:npm/.+@${version.replaceAll(".", "\\.")}$`));
    expect([name, hashes.map(({ content }) => content.length)]).toEqual([name, [128]]);
  }
});

test("a package that is not locked is refused", () => {
  const unknown = { folder: "node_modules/unheard-of", artefacts: ["functions" as const] };
  expect(() => cycloneDx(lock, [unknown])).toThrow("node_modules/unheard-of");
});
