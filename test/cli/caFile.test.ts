import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCertificates } from "../../cli/caFile.ts";

let folder: string;
let certificate: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ca-file-"));
  certificate = (await generate([{ name: "commonName", value: "test" }])).cert.trim();
});

afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

test("certificates of several files come one behind the other, without the text between them", async () => {
  const files = [
    await fileOf("a.pem", `a comment\n${certificate}\n`),
    await fileOf("b.pem", `${certificate}`),
  ];
  expect(await readCertificates(files, "--ca-file")).toBe(`${certificate}\n${certificate}`);
});

test("a file that is not there is named", async () => {
  const file = join(folder, "nowhere.pem");
  await expect(readCertificates([file], "--ca-file")).rejects.toThrow(
    `--ca-file: the file ${file} cannot be read (ENOENT)`,
  );
});

test("a file without a certificate is named", async () => {
  const file = await fileOf("empty.pem", "nothing");
  await expect(readCertificates([file], "--ca-file")).rejects.toThrow(`${file} holds no PEM certificate`);
});

test("a damaged certificate is named by its place in the file", async () => {
  const damaged = certificate.replace(/\n.*\n/, "\nAAAA\n");
  const file = await fileOf("damaged.pem", `${certificate}\n${damaged}`);
  await expect(readCertificates([file], "GOVC_TLS_CA_CERTS")).rejects.toThrow(
    `certificate 2 of the file ${file} is damaged`,
  );
});
