import type { Fault as VcenterFault } from "../../../simulators/vcenter/index.ts";
import { ALWAYS, type Fault, type Scenario } from "../scenario.ts";
import { type Expected, expectationOf } from "./expectations.ts";

type Answer = Omit<VcenterFault, "on">;

/** What may happen to any call, by the words that the page has for it, and what the file usually ends with then. */
const ANSWERS = {
  "connection cut once": ["EXPORTED", { reset: true }],
  "connection cut each time": ["VcenterUnavailable", { reset: true, times: ALWAYS }],
  "no answer once": ["EXPORTED", { hang: true }],
  "slow answer": ["EXPORTED", { delayMilliseconds: 40 }],
  "401 once": ["EXPORTED", { status: 401 }],
  "401 each time": ["VcenterFailure", { status: 401, times: ALWAYS }],
  "403": ["PermissionDenied", { status: 403, times: ALWAYS }],
  "404": ["NotFound", { status: 404, times: ALWAYS }],
  "429 once": ["EXPORTED", { status: 429, headers: { "retry-after": "2" } }],
  "429 each time": ["VcenterUnavailable", { status: 429, times: ALWAYS }],
  "500": ["VcenterFailure", { status: 500, times: ALWAYS }],
  "503 once": ["EXPORTED", { status: 503 }],
  "503 each time": ["VcenterUnavailable", { status: 503, times: ALWAYS }],
  "a proxy's page": ["UnexpectedResponse", { body: htmlPage(), contentType: "text/html", times: ALWAYS }],
  "JSON cut short": ["UnexpectedResponse", { answer: "truncated", times: ALWAYS }],
  "fields of other types": ["UnexpectedResponse", { answer: "wrong-types", times: ALWAYS }],
  "XML bomb": ["UnexpectedResponse", { body: xmlBomb(), contentType: "application/xml", times: ALWAYS }],
  "unknown enum value": ["EXPORTED", { answer: "unknown-enum", times: ALWAYS }],
} satisfies Record<string, [string, Answer]>;

export type AnswerName = keyof typeof ANSWERS;

/** Those of a call whose answer has no body that could be spoiled. */
export const WITHOUT_BODY: AnswerName[] = [
  "connection cut once",
  "connection cut each time",
  "no answer once",
  "401 once",
  "401 each time",
  "403",
  "404",
  "500",
  "503 once",
  "503 each time",
  "a proxy's page",
];
export const WITH_BODY: AnswerName[] = [
  ...WITHOUT_BODY,
  "slow answer",
  "429 once",
  "429 each time",
  "JSON cut short",
  "fields of other types",
  "XML bomb",
];
export const WITH_ENUM: AnswerName[] = [...WITH_BODY, "unknown enum value"];

/** A call of the workflow: where it is met, and what else makes it happen. */
type Call = Pick<VcenterFault, "on" | "skip"> & Omit<Fault, "vcenter">;

/**
 * The scenarios of one call: one for each answer.
 * @param call its words for the page
 * @param unusual what the file, or the export, ends with where that is not the usual
 */
export function scenariosOf(
  call: string,
  { on, skip = 0, ...fault }: Call,
  answers: AnswerName[],
  unusual: Partial<Record<AnswerName, Expected>> = {},
): Scenario[] {
  return answers.map((name) => {
    const [usual, answer] = ANSWERS[name];
    const expectation = unusual[name] ?? usual;
    return {
      name: `${call}: ${name}`,
      fault: {
        ...fault,
        vcenter: [{ on, skip, ...answer }],
        ...(name === "no answer once" && { timeouts: { vcenterAnswer: 400 } }),
        ...(name === "XML bomb" && { profile: { dialect: "rest-xml" as const } }),
      },
      expect: expectationOf(expectation),
    };
  });
}

function htmlPage(): string {
  return "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>";
}

/** Entities of entities: a billion times the innermost, were they expanded. */
function xmlBomb(): string {
  const entities = Array.from({ length: 9 }, (_, level) => {
    const value = level === 0 ? "bomb" : `&e${level - 1};`.repeat(10);
    return `<!ENTITY e${level} "${value}">`;
  });
  return `<?xml version="1.0"?><!DOCTYPE r [${entities.join("")}]><r><value>&e8;</value></r>`;
}
