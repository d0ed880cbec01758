/** The part of the report that is read (mutation-testing-report-schema 2). Lines and columns count from 1. */
export interface MutationReport {
  files: Record<
    string,
    {
      source: string;
      mutants: {
        mutatorName: string;
        replacement?: string;
        status: string;
        location: { start: Place; end: Place };
      }[];
    }
  >;
}

interface Place {
  line: number;
  column: number;
}

const NOTICED = ["Killed", "Timeout", "CompileError", "RuntimeError"];
const UNNOTICED = ["Survived", "NoCoverage"];

/** The mutants that no test has noticed, each with its place, and how many there were. */
export function survivors({ files }: MutationReport): string {
  const found = Object.entries(files).flatMap(([name, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants.map((mutant) => ({ ...mutant, name, lines }));
  });
  const noticed = found.filter(({ status }) => NOTICED.includes(status));
  const unnoticed = found.filter(({ status }) => UNNOTICED.includes(status));
  const described = unnoticed.map(({ name, lines, location: { start, end }, ...mutant }) => {
    const [first = "", ...more] = lines.slice(start.line - 1, end.line);
    const last = more.length === 0 ? end.column - 1 : first.length;
    const original = first.slice(start.column - 1, last) + (more.length > 0 ? " ..." : "");
    return `${name}:${start.line}: ${mutant.mutatorName}\n    ${original}\n    ${mutant.replacement ?? ""}`;
  });
  return [...described, `${noticed.length} mutants noticed, ${unnoticed.length} not`].join("\n");
}
