import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSettings, SETTINGS } from "../../cdk/contextSettings.ts";
import { provenanceMetadata } from "../../functions/catalog/metadata.ts";
import { vcenterProfileSchema } from "../../functions/config.ts";
import { exportInputSchema } from "../../functions/input.ts";
import { finalObject } from "../../functions/transfer/s3/objectProperties.ts";
import { commandsIn, everywhere, pageAt, pages, spansIn } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = pageAt("README.md");
const SETTING = /\blibrary-export:(\w+)=('[^']*'|\S+)/g;

/** The code spans between two phrases of the README, each of which has to be there. */
function spansBetween(before: string, after: string): string[] {
  const [, rest] = readme.split(before);
  const [list, ...others] = rest?.split(after) ?? [];
  if (list === undefined || others.length === 0) throw new Error(`Not found: "${before} ... ${after}"`);
  return spansIn(list);
}

test("every setting that a page gives to the stack is taken, with the value that it has there", () => {
  const given = everywhere((page) => {
    const texts = [...commandsIn(page), ...spansIn(page)];
    return texts.flatMap((text) => text.match(SETTING) ?? []);
  });
  expect(given.length).toBeGreaterThan(6);
  for (const { path, found } of given) {
    const [setting = "", ...value] = found.split("=");
    const context = { [setting]: value.join("=").replaceAll("'", "") };
    expect(() => readSettings(context), `${path}: ${found}`).not.toThrow();
  }
});

test("what prose calls by the name of a setting, a field or an option of the API is one", () => {
  const told = spansIn(pageAt("docs/settings.md"));
  expect(SETTINGS.filter((name) => !told.includes(name))).toEqual([]);
  const known = new Set([
    ...told,
    ...Object.keys(vcenterProfileSchema.shape),
    ...Object.keys(exportInputSchema.shape),
  ]);
  // camelCase is spoken in these two of settings, profiles and inputs alone.
  const named = ["README.md", "docs/runbook.md"].flatMap((path) => spansIn(pageAt(path)));
  const camelCase = named.filter(
    (span) => /^[a-z]+([A-Z][a-z]+)+$/.test(span) && span !== "integrationError",
  );
  expect(camelCase.length).toBeGreaterThan(15);
  expect(camelCase.filter((name) => !known.has(name))).toEqual([]);
});

test("the README names every field of a profile", () => {
  const [example = ""] = /^{ "url".*}$/m.exec(readme) ?? [];
  const fields = [...Object.keys(JSON.parse(example)), ...spansBetween("`caBundle` (PEM)", "are optional")];
  expect([...new Set([...fields, "caBundle"])].sort()).toEqual(
    Object.keys(vcenterProfileSchema.shape).sort(),
  );
});

test("the README names every field of an export's input", () => {
  const [, example = ""] = /```json\n({ "vcenter"[^}]*})/.exec(readme) ?? [];
  const fields = [...Object.keys(JSON.parse(example)), ...spansBetween("\nOr ", "The [settings of")];
  const set = Object.keys(exportInputSchema.shape).filter((field) => !field.startsWith("AWS_"));
  expect([...new Set([...fields, "library"])].sort()).toEqual(set.sort());
});

test("the README names the metadata that an object carries", () => {
  const place = { bucket: "my-archive", key: "disk.vmdk" };
  const source = { vcenter: "lab", libraryItemId: "id", contentVersion: "1", sourceFile: "disk.vmdk" };
  const metadata = provenanceMetadata(source, "export");
  const destination = {
    ...place,
    staging: place,
    replacesETag: null,
    exportId: "export",
    metadata,
    tags: {},
  };
  const { Metadata = {} } = finalObject(destination, "disk.vmdk", {
    algorithm: "SHA256",
    value: "00",
    source: "session",
  });
  expect(spansBetween("Each object carries", "as user metadata").sort()).toEqual(
    Object.keys(Metadata).sort(),
  );
});

test("every environment variable of ours that a page names is read, and every one that is read is told", () => {
  const OURS = /\b(?:LIBRARY_EXPORT|GOVC)_[A-Z_]*[A-Z]\b/g;
  const sources = globSync(["cli/**/*.ts", "local/**/*.ts", "test/aws/**/*.ts"], { cwd: root });
  const code = sources.map((path) => readFileSync(`${root}${path}`, "utf8")).join("\n");
  // The name of the variables of test:aws is put together.
  const read = new Set([
    ...(code.match(OURS) ?? []),
    ...(code.match(/(?<=get\(")[A-Z_]+/g) ?? []).map((name) => `LIBRARY_EXPORT_TEST_${name}`),
  ]);
  const told = new Set([...pages.values()].flatMap((page) => page.match(OURS) ?? []));
  expect([...told].filter((name) => !read.has(name) && name !== "GOVC_INSECURE")).toEqual([]);
  expect([...read].filter((name) => !told.has(name) && name !== "LIBRARY_EXPORT_TEST")).toEqual([]);
});
