import * as z from "zod";

const sbomSchema = z.object({ components: z.array(z.object({ name: z.string() })) });

const auditSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(["info", "low", "moderate", "high", "critical"]),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});

/**
 * What the advisories mean for those who run what is shipped.
 * @param audit what `npm audit --json` prints
 * @returns exit code 1: something shipped has an advisory that is high or critical; 2: the registry has not answered
 */
export function judgeAudit(audit: string, sbom: unknown): { exitCode: 0 | 1 | 2; lines: string[] } {
  const found = auditSchema.safeParse(parse(audit)).data;
  if (found === undefined) {
    return { exitCode: 2, lines: ["The registry gives no advisories: nothing is known of what is shipped"] };
  }
  const shipped = new Set(sbomSchema.parse(sbom).components.map(({ name }) => name));
  let exitCode: 0 | 1 = 0;
  const lines = Object.entries(found.vulnerabilities).map(([name, { severity, via }]) => {
    const isShipped = shipped.has(name);
    if (isShipped && (severity === "high" || severity === "critical")) exitCode = 1;
    const why = via.map((cause) =>
      typeof cause === "string" ? `by ${cause}` : `${cause.title}, ${cause.url}`,
    );
    return `${isShipped ? "shipped" : "a tool"}: ${name} (${severity}): ${why.join("; ")}`;
  });
  return { exitCode, lines: lines.length > 0 ? lines.sort() : ["No advisory"] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
