import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram, startProgram } from "../cli/command.ts";

let output: string;
beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), "api-"));
});
afterEach(() => rm(output, { recursive: true }));

const json = { "content-type": "application/json" };

test("npm run api serves the API until Ctrl-C, and the exports that it shows how to start", async () => {
  const program = startProgram("local/api.ts", ["--output", output]);
  const [, url = ""] = await program.shows(/The API is at (http:\S+),/);
  const [, body = ""] = await program.shows(/curl -i \S+\/exports .* -d '(.+)'/);
  const started = await fetch(`${url}/exports`, { method: "POST", headers: json, body });
  expect(started.status).toBe(201);
  const location = String(started.headers.get("location"));
  const look = async () => Object(await (await fetch(url + location)).json());
  await expect.poll(async () => (await look()).state, { timeout: 20_000 }).toBe("SUCCEEDED");

  const { manifest, files } = await look();
  expect(JSON.parse(await readFile(join(output, manifest.bucket, manifest.key), "utf8"))).toMatchObject({
    files: files.map(({ name }: { name: string }) => ({ name })),
  });
  program.signal("SIGINT");
  expect(await program.outcome).toMatchObject({ exitCode: 0, stderr: "" });
});

test("npm run api refuses a word that it does not know", async () => {
  const { exitCode, stderr } = await runProgram("local/api.ts", ["--port", "80"]);
  expect(exitCode).toBe(2);
  expect(stderr).toBe("error: unknown option '--port'\n");
});
