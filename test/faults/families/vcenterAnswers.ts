import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { ALWAYS, type Expectation, type Fault, type Scenario } from "../scenario.ts";

type Answer = Omit<VcenterFault, "on">;

/** What may happen to any call, by the words that the page has for it. */
const ANSWERS = {
  "the connection is cut once": { reset: true },
  "the connection is cut each time": { reset: true, times: ALWAYS },
  "no answer once": { hang: true },
  "a slow answer": { delayMilliseconds: 40 },
  "401 once": { status: 401 },
  "401 each time": { status: 401, times: ALWAYS },
  "403": { status: 403, times: ALWAYS },
  "404": { status: 404, times: ALWAYS },
  "429 once": { status: 429, headers: { "retry-after": "2" } },
  "429 each time": { status: 429, times: ALWAYS },
  "500": { status: 500, times: ALWAYS },
  "503 once": { status: 503 },
  "503 each time": { status: 503, times: ALWAYS },
  "a proxy's HTML page": { answer: "html", times: ALWAYS },
  "JSON cut short": { answer: "truncated", times: ALWAYS },
  "fields of other types": { answer: "wrong-types", times: ALWAYS },
  "an unknown enum value": { answer: "unknown-enum", times: ALWAYS },
  "an XML bomb": { body: xmlBomb(), contentType: "application/xml", times: ALWAYS },
} satisfies Record<string, Answer>;

type AnswerName = keyof typeof ANSWERS;

/** A call of the workflow: where it is met, and what else makes it happen. */
type Call = Pick<VcenterFault, "on" | "skip"> & Omit<Fault, "vcenter">;

/**
 * The scenarios of one call: what the file, or the export, is to end with under each answer.
 * @param call its words for the page
 */
export function scenariosOf(
  call: string,
  { on, skip, ...fault }: Call,
  expected: Partial<Record<AnswerName, string | Expectation>>,
): Scenario[] {
  // The keys are those of ANSWERS, which Object.entries does not know.
  const entries = Object.entries(expected) as [AnswerName, string | Expectation][];
  return entries.map(([name, expectation]) => ({
    name: `${call}: ${name}`,
    fault: {
      ...fault,
      vcenter: [{ on, ...(skip !== undefined && { skip }), ...ANSWERS[name] }],
      ...(name === "no answer once" && { timeouts: { vcenterAnswer: SHORT_MILLISECONDS } }),
      ...(name === "an XML bomb" && { profile: { dialect: "rest-xml" as const } }),
    },
    expect: typeof expectation === "string" ? { outcome: expectation } : expectation,
  }));
}

const SHORT_MILLISECONDS = 400;

/** Entities of entities: a billion times the innermost, were they expanded. */
function xmlBomb(): string {
  const entities = Array.from({ length: 9 }, (_, level) => {
    const value = level === 0 ? "bomb" : `&e${level - 1};`.repeat(10);
    return `<!ENTITY e${level} "${value}">`;
  });
  return `<?xml version="1.0"?><!DOCTYPE r [${entities.join("")}]><r><value>&e8;</value></r>`;
}
