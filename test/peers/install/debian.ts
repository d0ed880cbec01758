import { run } from "./run.ts";

let installing = Promise.resolve();

/** Installs packages of Debian that are missing. Returns the name and version of each. */
export async function installDebian(packages: readonly string[]): Promise<string[]> {
  const mine = installing.then(() => installMissing(packages));
  // apt-get runs once at a time on a machine.
  installing = mine.catch(() => {});
  await mine;
  return Promise.all(packages.map(async (name) => `${name} ${await versionOf(name)}`));
}

async function installMissing(packages: readonly string[]): Promise<void> {
  const versions = await Promise.all(packages.map(versionOf));
  const missing = packages.filter((_, index) => versions[index] === "");
  if (missing.length === 0) return;
  const hint = `As root, on Debian or one of its kin: apt-get install ${missing.join(" ")}`;
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { hint, environment });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], {
    hint,
    environment,
  });
}

/** Empty when it is not installed. */
async function versionOf(name: string): Promise<string> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: they are dpkg-query's own.
  const shown = await run("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Version}", name]).catch(() => "");
  const [status, version = ""] = shown.split(" ");
  return status === "installed" ? version : "";
}
