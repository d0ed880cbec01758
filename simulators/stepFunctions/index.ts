import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { Executions, SyncExecutions } from "../../functions/executions/executions.ts";
import { exportMachine, syncMachine } from "./machines.ts";
import { operations, readJson, StepFunctionsError } from "./operations.ts";

export interface StepFunctionsSimulator extends AsyncDisposable {
  url: string;
  /** Of the exports. */
  stateMachineArn: string;
  /** Of the syncs; there is no such state machine where none are given. */
  syncStateMachineArn: string;
  /** The operations that were asked for, in the order of arrival. */
  requests: string[];
  /** While it holds an error's name, every request for those operations is answered with that error. Absent: for all. */
  fails: { name: string; status: number; on?: string[] } | undefined;
}

/**
 * A test double of AWS Step Functions' API on 127.0.0.1: the operations that this program uses, in the JSON 1.0
 * protocol, for state machines whose executions are those that it is given.
 */
export async function startStepFunctions(
  executions: Executions,
  syncs?: SyncExecutions,
): Promise<StepFunctionsSimulator> {
  const account = String(randomInt(10 ** 11, 10 ** 12));
  const arn = (name: string) => `arn:aws:states:us-east-1:${account}:stateMachine:${name}`;
  const [stateMachineArn, syncStateMachineArn] = [arn("ExportItem"), arn("SyncLibrary")];
  const answers = operations([
    exportMachine(stateMachineArn, executions),
    ...(syncs ? [syncMachine(syncStateMachineArn, syncs)] : []),
  ]);
  const requests: string[] = [];

  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).replace("AWSStepFunctions.", "");
    requests.push(operation);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    try {
      const input = new Map(Object.entries(Object(readJson(await text(request), "SerializationException"))));
      const { fails } = simulator;
      if (fails && (fails.on?.includes(operation) ?? true))
        throw new StepFunctionsError(fails.name, fails.status);
      const work = answers.get(operation);
      if (work === undefined) throw new StepFunctionsError("UnknownOperationException");
      requireLengths(input);
      answer(200, await work((field) => textOf(input.get(field))));
    } catch (error) {
      if (!(error instanceof StepFunctionsError)) throw error;
      answer(error.status, { __type: `com.amazonaws.states#${error.name}`, message: error.message });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");

  const simulator: StepFunctionsSimulator = {
    url: `http://127.0.0.1:${address.port}`,
    stateMachineArn,
    syncStateMachineArn,
    requests,
    fails: undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return simulator;
}

/** The most characters of a field that all operations have alike. Source: the API reference. */
const LONGEST = new Map([
  ["stateMachineArn", 256],
  ["executionArn", 256],
  ["mapRunArn", 2000],
  ["nextToken", 1024],
]);

function requireLengths(input: Map<string, unknown>): void {
  for (const [field, longest] of LONGEST) {
    if (textOf(input.get(field)).length > longest) throw new StepFunctionsError("ValidationException");
  }
}

/** Empty where the field is absent: no operation here tells that apart, and none takes a list or a structure. */
function textOf(value: unknown): string {
  if (typeof value === "object" && value !== null) throw new StepFunctionsError("SerializationException");
  return value === undefined || value === null ? "" : String(value);
}
