import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import { BUCKET, type Workflow } from "../../workflow/harness.ts";
import { ALWAYS, type Expectation, type Fault, type FunctionName, type Scenario } from "../scenario.ts";
import { type Expected, expectationOf } from "./expectations.ts";
import { type Around, killed, refused, twice } from "./invocations.ts";

const RECORD = /\/runs\/.*\/1\.json$/;
const READ: S3Fault = { operation: "GetObject", key: RECORD };

/** A record that cannot be read stays, for somebody to look at. */
const UNREADABLE: Expectation = { outcome: "InternalError", left: ["run record"] };
/** The object itself tells what became of it. */
const PUBLISHED_UNREADABLE: Expectation = { outcome: "EXPORTED", left: ["run record"] };

/** The way on which the order goes to the container, and what became of the file comes back: the run record. */
export const containerResults: Scenario[] = [
  record("order", "the run record cannot be written", "TransferFile", "DestinationDenied", {
    s3: [{ operation: "PutObject", key: RECORD, nth: 4, status: 403, times: ALWAYS }],
  }),
  order("there is no run record", "ContainerFailed", () => undefined),
  order("the run record is not JSON", UNREADABLE, () => "{"),
  order("the run record is of another kind", UNREADABLE, () => '{"state":"PREPARING"}'),
  order("the run record is of another run", UNREADABLE, ofAnotherRun),
  order("nothing was handed over", "ContainerFailed", (text) => changed(text, { container: undefined })),
  order("what was handed over is of another kind", "ContainerFailed", (text) =>
    changed(text, { container: { state: {}, outcome: null } }),
  ),

  result("there is no run record", "EXPORTED", () => undefined),
  result("the run record is not JSON", PUBLISHED_UNREADABLE, () => "{"),
  result("the run record is of another kind", PUBLISHED_UNREADABLE, () => '{"state":"PREPARING"}'),
  result("the run record is of another run", PUBLISHED_UNREADABLE, ofAnotherRun),
  result("there is none", "EXPORTED", (text) => told(text, null)),
  result("an error of a name", "ChecksumMismatch", (text) =>
    told(text, { result: null, error: { name: "ChecksumMismatch", message: "it differs" } }),
  ),
  result("an error of a name that nobody knows", "SomethingElse", (text) =>
    told(text, { result: null, error: { name: "SomethingElse", message: "it is unknown" } }),
  ),
  result("neither a result nor an error", "InternalError", (text) =>
    told(text, { result: null, error: null }),
  ),
  result("of another file", "InternalError", ofAnotherFile),

  ...Object.entries({
    "Lambda.ServiceException three times": refused("Lambda.ServiceException", 3),
    "Lambda.TooManyRequestsException three times": refused("Lambda.TooManyRequestsException", 3),
    "its answer is lost, and it is started again": twice("one after the other"),
    "started twice at once": twice("at once"),
    "killed before it reads": killed(READ),
  }).map(([what, around]) => reading(what, "EXPORTED", { around })),
  ...Object.entries({
    "503 SlowDown once": ["EXPORTED", { status: 503 }],
    "500 each time": ["DestinationUnavailable", { status: 500, times: ALWAYS }],
    "403": ["DestinationDenied", { status: 403, times: ALWAYS }],
    "404": ["EXPORTED", { status: 404, times: ALWAYS }],
  } satisfies Record<string, [string, Partial<S3Fault>]>).map(([what, [expected, answer]]) =>
    reading(what, expected, { s3: [{ ...READ, ...answer }] }),
  ),
];

function order(what: string, expected: Expected, change: Change): Scenario {
  return record("order", what, "TransferInContainer", expected, { around: rewritten(change) });
}

function result(what: string, expected: Expected, change: Change): Scenario {
  return record("result", what, "ReadContainerResult", expected, { around: rewritten(change) });
}

function reading(what: string, expected: Expected, fault: Fault): Scenario {
  return record("ReadContainerResult", what, "ReadContainerResult", expected, fault);
}

function record(of: string, what: string, during: FunctionName, expected: Expected, fault: Fault): Scenario {
  return {
    name: `${of}: ${what}`,
    fault: { handedOver: true, during: [during], ...fault },
    expect: expectationOf(expected),
  };
}

/** A run record, as far as something is changed in it. */
const recordSchema = z.looseObject({
  run: z.string(),
  container: z.object({
    state: z.unknown(),
    outcome: z
      .object({ result: z.looseObject({ index: z.int() }).nullable(), error: z.unknown() })
      .nullable(),
  }),
});

/** Makes another text of the run record's; undefined: there is none any more. */
type Change = (text: string) => string | undefined;

function rewritten(change: Change): Around {
  return async ({ invoke, number }, { workflow }) => {
    if (number === 1) await rewrite(workflow, change);
    return invoke();
  };
}

async function rewrite({ s3, s3Client, object }: Workflow, change: Change): Promise<void> {
  const key = s3.objects(BUCKET).find((key) => RECORD.test(key));
  if (key === undefined) throw new Error("the file has no run record");
  const place = { Bucket: BUCKET, Key: key };
  const Body = change((await object(key)).body.toString());
  await s3Client.send(
    Body === undefined ? new DeleteObjectCommand(place) : new PutObjectCommand({ ...place, Body }),
  );
}

function changed(text: string, change: object): string {
  return JSON.stringify({ ...recordSchema.parse(JSON.parse(text)), ...change });
}

/** Whatever the container has told, it is this. */
function told(text: string, outcome: object | null): string {
  const { state } = recordSchema.parse(JSON.parse(text)).container;
  return changed(text, { container: { state, outcome } });
}

function ofAnotherFile(text: string): string {
  const { result } = recordSchema.parse(JSON.parse(text)).container.outcome ?? {};
  return told(text, { result: { ...result, index: 0 }, error: null });
}

function ofAnotherRun(text: string): string {
  return changed(text, { run: "another" });
}
