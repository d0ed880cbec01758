import type { LibrarySource } from "./options.ts";
import type { VcenterSimulator } from "./vcenter.ts";

/** What a person needs to work with a simulator that has just been started. */
export function welcome(simulator: VcenterSimulator, libraries: LibrarySource[]): string {
  const { url, username, password, thumbprint, thumbprintSha256, behaviour } = simulator;
  return `vCenter simulator
  URL       ${url}
  user      ${username}
  password  ${password}
  SHA-1     ${thumbprint}
  SHA-256   ${thumbprintSha256}
  dialects  ${behaviour.dialects.join(", ")}

${libraries.map(describeLibrary).join("\n")}

In another terminal:
  export LIBRARY_EXPORT_PASSWORD=${quoted(password)}
  ${exportCommand(simulator, libraries)}

Ctrl-C stops it.
`;
}

function exportCommand(
  { url, username, thumbprintSha256 }: VcenterSimulator,
  libraries: LibrarySource[],
): string {
  const library = libraries.find((candidate) => candidate.items.length > 0);
  const words = [
    "npx library-export run",
    quoted(`${library?.name}/${library?.items[0]?.name}`),
    "s3://BUCKET/PREFIX",
    `--vcenter-url ${url}`,
    `--username ${quoted(username)}`,
    `--thumbprint ${thumbprintSha256}`,
  ];
  return words.join(" \\\n    ");
}

function describeLibrary({ name, items }: LibrarySource): string {
  const lines = items.map((item) => `    ${item.name} (${item.type}): ${item.files.length} file(s)`);
  return [`  ${name}`, ...lines].join("\n");
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
