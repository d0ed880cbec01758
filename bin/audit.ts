import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { judgeAudit } from "../docs/sbom/judgeAudit.ts";

/**
 * `npm run audit` asks the registry for advisories on the packages of package-lock.json. It ends with 1 for one that is
 * high or critical on a package of which code is shipped, and with 2 when the registry does not answer.
 */
const sbom: unknown = JSON.parse(await readFile(new URL("../docs/sbom.cdx.json", import.meta.url), "utf8"));
const { stdout } = await promisify(execFile)("npm", ["audit", "--json"], {
  maxBuffer: 64 * 1024 * 1024,
}).catch(
  // It ends with 1 wherever there is something to tell.
  (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
);
const { exitCode, lines } = judgeAudit(stdout, sbom);
for (const line of lines) console.log(line);
process.exitCode = exitCode;
