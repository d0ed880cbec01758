import { describe, expect, test } from "vitest";
import { judgeAudit } from "../../docs/sbom/judgeAudit.ts";

const sbom = { components: [{ name: "undici" }, { name: "@smithy/core" }] };
const advisory = { title: "Anybody may read anything", url: "https://example.com/advisory" };

function judge(...vulnerabilities: [string, string][]) {
  const entries = vulnerabilities.map(([name, severity]) => [name, { severity, via: [advisory, "another"] }]);
  return judgeAudit(JSON.stringify({ vulnerabilities: Object.fromEntries(entries) }), sbom);
}

describe("an audit", () => {
  test("an advisory on what is shipped fails, one on a tool is told", () => {
    expect(judge(["undici", "high"], ["esbuild", "critical"])).toEqual({
      exitCode: 1,
      lines: [
        "a tool: esbuild (critical): Anybody may read anything, https://example.com/advisory; by another",
        "shipped: undici (high): Anybody may read anything, https://example.com/advisory; by another",
      ],
    });
    expect(judge(["esbuild", "critical"]).exitCode).toBe(0);
    expect(judge(["@smithy/core", "moderate"]).exitCode).toBe(0);
    expect(judge()).toEqual({ exitCode: 0, lines: ["No advisory"] });
  });

  test.each([
    "",
    "<html>",
    '{ "message": "405 Method Not Allowed", "statusCode": 405 }',
  ])("without an answer of the registry is none: %j", (answer) => {
    expect(judgeAudit(answer, sbom).exitCode).toBe(2);
  });
});
