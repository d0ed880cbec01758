/**
 * The table of errors, from the docblocks of functions/errors.ts: the first paragraph says when an error happens,
 * the one that begins with "What to do:" says what helps. Comments of the form `// ---- Title` part the table.
 * @throws Error naming a class that lacks either
 */
export function errorsPage(errorsSource: string): string {
  const lines = [
    "# Errors",
    "",
    "The names are those that an execution fails with, that a file's result carries, and that `library-export`",
    "prints. Every message names the file, field or session concerned.",
    "",
    "Written by `npm run docs` from `functions/errors.ts`.",
  ];
  const pattern =
    /^\/\/ -+ (?<section>.+)$|^\/\*\*(?<docblock>(?:(?!\*\/)[\s\S])*)\*\/\nexport class (?<name>\w+)/gm;
  for (const { groups } of errorsSource.matchAll(pattern)) {
    const { section, docblock, name } = groups ?? {};
    if (section !== undefined) {
      lines.push("", `## ${section}`, "", "| error | when it happens | what to do |", "|---|---|---|");
    } else if (docblock !== undefined && name !== undefined) {
      lines.push(row(name, docblock));
    }
  }
  return `${lines.join("\n")}\n`;
}

function row(name: string, docblock: string): string {
  const text = docblock
    .replace(/^\s*\*? ?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  const [when, advice] = text.split(/\s*What to do:\s*/);
  if (!when || !advice)
    throw new Error(`The docblock of ${name} must say when it happens, and "What to do: ...".`);
  const cells = [`\`${name}\``, when, `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
