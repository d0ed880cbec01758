import { describe, expect, test } from "vitest";
import { readProvenance } from "../../functions/catalog/metadata.ts";
import { jsonLine } from "../../local/display/text.ts";
import { Scene } from "../cli/scene.ts";
import { startWorkflow } from "../workflow/harness.ts";

/** Names as anybody may give them who can write to a library: they steer terminals, headers, keys, lines and sheets. */
const NAMES = [
  "\u001b[2J\u001b]0;owned\u0007clear.iso",
  "\u009b31mC1.iso",
  "\u202efdp.osi",
  "line\r\nx-amz-meta-checksum: 0\r\n\r\nbody.iso",
  'feed\n{"level":"INFO","message":"Exported"}.iso',
  "../../../etc/passwd",
  ".export.json",
  "/absolute.iso",
  "a\\..\\b.iso",
  "nul\u0000.iso",
  "=HYPERLINK(0).csv",
  '"><script>alert(0)</script>.iso',
  "%0d%0a-{{7*7}}.iso",
];

/** Item and library are named as badly as the file. */
function libraryOf(name: string) {
  return { name, items: [{ name, type: "other", files: [{ name, content: Buffer.from("bytes") }] }] };
}

/** What a terminal may obey, but for the ends of lines. */
const STEERING = /[^\P{C}\n]|[\u2028\u2029]/u;

describe("a file, an item and a library of the name", () => {
  test.each(
    NAMES,
  )("%j lie at a key below the prefix, and the object's metadata tells the name", async (name) => {
    await using workflow = await startWorkflow({ libraries: [libraryOf(name)] });
    const destination = { prefix: "archive" };
    const { report } = await workflow.run({ library: name, item: name, destination });

    expect(report.error).toBeNull();
    const [key = "", ...others] = workflow.keys().filter((found) => !found.endsWith("/.export.json"));
    expect(others).toEqual([]);
    // Three names, of which none is a path.
    expect(key).toMatch(/^archive\/[^/]+\/[^/]+\/[^/]+$/);
    expect(key).not.toMatch(/\/\.|[\p{Cc}\\]/u);
    const { metadata, body } = await workflow.object(key);
    expect(body.toString()).toBe("bytes");
    expect(readProvenance(metadata)?.sourceFile).toBe(name);
    expect(Object.values(metadata).join("")).toMatch(/^[\x20-\x7e]*$/);
    expect(metadata.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect((await workflow.run({ library: name, item: name, destination })).report.status).toBe("UNCHANGED");
  });
});

describe("what the command line prints of such names steers no terminal and begins no line", () => {
  const words = (scene: Scene, ...more: string[]) => [
    ...["--item-id", scene.vcenter.itemId("item"), "s3://my-archive", ...more],
  ];
  const files = NAMES.map((name) => ({ name, content: Buffer.from(name) }));
  const open = () => Scene.open([{ name: "l", items: [{ name: "item", type: "other", files }] }]);

  test("for people", async () => {
    await using scene = await open();
    scene.vcenter.behaviour.wrongSessionChecksums = NAMES;
    const { exitCode, stdout, stderr } = await scene.runExport(words(scene));
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toMatch(STEERING);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^ChecksumMismatch: 13 of 13 files failed: /),
    ]);
    expect(stdout).toContain("\\u{9b}31mC1.iso");
    expect(stdout).not.toMatch(/^\{"level"/m);
  });

  test("for programs, which read the names as they are", async () => {
    await using scene = await open();
    const { exitCode, stdout } = await scene.runExport(words(scene, "--json"));
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(STEERING);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const report = lines.at(-1);
    expect(report.files.map((file: { name: string }) => file.name).sort()).toEqual([...NAMES].sort());
  });

  test("as lists of vCenter's", async () => {
    await using scene = await Scene.open(NAMES.map(libraryOf));
    for (const json of [[], ["--json"]]) {
      const { thumbprintSha256 } = scene.vcenter;
      const { stdout, stderr } = await scene.start(["ls", "--thumbprint", thumbprintSha256, ...json]).outcome;
      expect(stderr).toBe("");
      expect(stdout).not.toMatch(STEERING);
      expect(stdout.trimEnd().split("\n").length).toBe(NAMES.length + (json.length === 0 ? 1 : 0));
    }
  });
});

test("a line of JSON is the same value to whoever reads it", () => {
  const value = { names: [...NAMES, "\u{e0001}", "emoji 😀"], nested: { "\u009b": 1 } };
  expect(JSON.parse(jsonLine(value))).toEqual(value);
  expect(jsonLine(value)).not.toMatch(STEERING);
});
