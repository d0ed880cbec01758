import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InvalidInput } from "../functions/errors.ts";

/**
 * The PEM certificates of the files, one behind the other.
 * @param origin the option or environment variable that names the files
 * @throws InvalidInput naming the file that cannot be read or holds no certificate
 */
export async function readCertificates(files: string[], origin: string): Promise<string> {
  const bundles = files.filter((file) => file !== "").map((file) => readBundle(file, origin));
  return (await Promise.all(bundles)).join("\n");
}

async function readBundle(file: string, origin: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInput(`${origin}: the file ${file} cannot be read (${error.code ?? error.message}).`);
  });
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs);
  if (certificates === null) {
    throw new InvalidInput(
      `${origin}: the file ${file} holds no PEM certificate (-----BEGIN CERTIFICATE-----).`,
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new InvalidInput(`${origin}: certificate ${index + 1} of the file ${file} is damaged.`, {
        cause,
      });
    }
  }
  return certificates.join("\n");
}
