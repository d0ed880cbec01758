/**
 * Tests that notice nearly all of what changes in the files of a folder, without the transfers of megabytes that reach
 * them too: those cost a mutant that nobody notices 20 s, in place of one to three.
 */
const NEAREST: Record<string, readonly string[]> = {
  "functions/vsphere/": [
    "answers",
    "calls",
    "dialects",
    "errors",
    "lease",
    "probe",
    "verdict",
    "wire",
    "xml",
  ].map((name) => `test/vsphere/${name}.test.ts`),
  "functions/transfer/source/": [
    "contentRange",
    "directSource",
    "fileSource",
    "httpAnswer",
    "httpRequest",
    "httpSource",
    "resumingSource",
  ].map((name) => `test/transfer/${name}.test.ts`),
  "functions/transfer/http/": ["directBodies", "directSource", "httpSource", "responseHead"].map(
    (name) => `test/transfer/${name}.test.ts`,
  ),
  "functions/transfer/s3/": [
    "cleanUp",
    "copying",
    "directBodies",
    "objectProperties",
    "partUploads",
    "passingRefusals",
    "resumeCopying",
    "s3Errors",
    "transfer",
  ].map((name) => `test/transfer/${name}.test.ts`),
  "functions/transfer/finalKey.ts": ["test/transfer/conflict.test.ts", "test/transfer/finalKey.test.ts"],
  "functions/transfer/openFile.ts": ["test/transfer/parallel.test.ts"],
  "functions/transfer/parallelReader.ts": [
    "test/transfer/parallel.test.ts",
    "test/transfer/parallelReader.test.ts",
  ],
  "functions/transfer/resume.ts": ["catchingUp", "copying", "pace", "resume", "resumeCopying"].map(
    (name) => `test/transfer/${name}.test.ts`,
  ),
  ...Object.fromEntries(
    ["deadline", "digest", "partReader", "parts", "verify"].map((name) => [
      `functions/transfer/${name}.ts`,
      [`test/transfer/${name}.test.ts`],
    ]),
  ),
};

/** The tests to ask about these files; undefined for all, where one of the files has none that are nearer. */
export function nearestTests(files: readonly string[]): string[] | undefined {
  const found = files.map(
    (file) => Object.entries(NEAREST).find(([beginning]) => file.startsWith(beginning))?.[1],
  );
  if (found.includes(undefined)) return undefined;
  return [...new Set(found.flatMap((tests) => tests ?? []))];
}
