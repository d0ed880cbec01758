import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import { ALWAYS, type Fault, type Scenario } from "../scenario.ts";
import { type Expected, expectationOf } from "./expectations.ts";

type Answer = Omit<S3Fault, "operation" | "key">;

/** What may happen to any call, by the words that the page has for it, and what the file usually ends with then. */
const ANSWERS = {
  "500 each time": ["DestinationUnavailable", { status: 500, times: ALWAYS }],
  "503 SlowDown once": ["EXPORTED", { status: 503 }],
  "503 SlowDown each time": ["DestinationUnavailable", { status: 503, times: ALWAYS }],
  "403": ["DestinationDenied", { status: 403, times: ALWAYS }],
  "404": ["EXPORTED", { status: 404, times: ALWAYS }],
  "404 no such bucket": ["DestinationDenied", { status: 404, code: "NoSuchBucket", times: ALWAYS }],
  "404 no such upload": ["DestinationChanged", { status: 404, code: "NoSuchUpload", times: ALWAYS }],
  "404 no such key": ["DestinationChanged", { status: 404, times: ALWAYS }],
  "409 aborted once": ["EXPORTED", { status: 409, code: "OperationAborted" }],
  "409 aborted each time": [
    "DestinationUnavailable",
    { status: 409, code: "OperationAborted", times: ALWAYS },
  ],
  "409 conflict once": ["EXPORTED", { status: 409 }],
  "409 another writer": ["DestinationChanged", { status: 409, times: ALWAYS }],
  "412": ["DestinationChanged", { status: 412, times: ALWAYS }],
  "no answer once": ["EXPORTED", { silent: true }],
  "connection cut once": ["EXPORTED", { reset: true }],
  "connection cut each time": ["DestinationUnavailable", { reset: true, times: ALWAYS }],
  "answer lost": ["EXPORTED", { loseReply: true }],
  "answer lost each time": ["EXPORTED", { loseReply: true, times: ALWAYS }],
  "200 with an error once": ["EXPORTED", { errorBodyWith200: true }],
  "200 with an error each time": ["DestinationUnavailable", { errorBodyWith200: true, times: ALWAYS }],
  "checksum refused once": ["EXPORTED", { status: 400, code: "BadDigest" }],
  "checksum refused each time": ["DestinationRefused", { status: 400, code: "BadDigest", times: ALWAYS }],
} satisfies Record<string, [string, Answer]>;

export type AnswerName = keyof typeof ANSWERS;

const ANY: AnswerName[] = [
  "500 each time",
  "503 SlowDown once",
  "503 SlowDown each time",
  "403",
  "no answer once",
  "connection cut once",
  "connection cut each time",
];
export const READ: AnswerName[] = [...ANY, "404"];
export const WRITE: AnswerName[] = [
  ...ANY,
  "404 no such bucket",
  "409 aborted once",
  "409 aborted each time",
  "answer lost",
];
/** To an upload that is open. */
export const UPLOAD: AnswerName[] = [...WRITE, "404 no such upload"];
/** What makes an object visible, on a condition. */
export const PUBLISH: AnswerName[] = [
  ...WRITE,
  "409 conflict once",
  "409 another writer",
  "412",
  "answer lost each time",
  "checksum refused once",
  "checksum refused each time",
];
/** Work that may take so long that S3 answers 200 before it is done. */
export const LONG: AnswerName[] = ["200 with an error once", "200 with an error each time"];
/** Those that say most, for calls of which little depends. */
export const SOME: AnswerName[] = ["500 each time", "503 SlowDown once", "403", "connection cut each time"];

/** A call of the workflow: where it is met, and what else makes it happen. */
type Call = Pick<S3Fault, "operation" | "key" | "nth"> & Omit<Fault, "s3">;

/**
 * The scenarios of one call: one for each answer.
 * @param call its words for the page
 * @param unusual what the file, or the export, ends with where that is not the usual
 */
export function scenariosOf(
  call: string,
  { operation, key, nth, ...fault }: Call,
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
        s3: [{ operation, ...(key && { key }), ...(nth && { nth }), ...answer }],
        ...(name === "no answer once" && { s3Silence: 400 }),
      },
      expect: expectationOf(expectation),
    };
  });
}
