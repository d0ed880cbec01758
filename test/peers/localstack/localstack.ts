import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { allStates, loadDefinition } from "../../../local/definition.ts";
import { pythonFolder } from "../install/python.ts";
import { freePort, startPeer } from "../peerProcess.ts";
import { PEERS } from "../peers.ts";
import { type Answers, enter, type Interpreter, type Path } from "./path.ts";

/** The history of a distributed Map's children cannot be read: their states are those of an inline Map. */
const MACHINES = { distributed: "export-item", inline: "export-item-inline" };

/**
 * Starts LocalStack with the answers of all scenarios.
 * @param scenarios by name
 */
export async function startLocalstack(
  scenarios: Record<string, Answers>,
): Promise<Interpreter & { close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "localstack-"));
  const mocks = join(directory, "mocks.json");
  await mkdir(join(directory, "tmp"));
  await writeFile(mocks, JSON.stringify(mockConfiguration(scenarios)));
  const address = `127.0.0.1:${await freePort()}`;
  const endpoint = `http://${address}`;
  const { packages } = PEERS.localstack.python;
  const localstack = await startPeer(
    join(pythonFolder("localstack", packages), "bin/python"),
    ["-m", "localstack.runtime.main"],
    {
      environment: {
        SFN_MOCK_CONFIG: mocks,
        SERVICES: "stepfunctions",
        // Its usual server listens on all addresses whatever it is told.
        GATEWAY_SERVER: "hypercorn",
        GATEWAY_LISTEN: address,
        FILESYSTEM_ROOT: directory,
        TMPDIR: join(directory, "tmp"),
        HOME: directory,
        DNS_ADDRESS: "0",
        DISABLE_EVENTS: "1",
        SKIP_SSL_CERT_DOWNLOAD: "1",
      },
      ready: async () => (await fetch(`${endpoint}/_localstack/health`)).ok,
    },
  );
  const credentials = { accessKeyId: "test", secretAccessKey: randomUUID() };
  const client = new SFNClient({ endpoint, region: "us-east-1", credentials });
  const create = async (mode: keyof typeof MACHINES) => {
    const definition = quickDefinition(mode);
    const roleArn = "arn:aws:iam::000000000000:role/export-item";
    const command = new CreateStateMachineCommand({ name: MACHINES[mode], definition, roleArn });
    return (await client.send(command)).stateMachineArn;
  };
  const machines = { distributed: await create("distributed"), inline: await create("inline") };
  return {
    async run({ name, input }) {
      const execute = async (machine: string | undefined) => {
        const stateMachineArn = `${machine}#${name}`;
        const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
        return await pathOf(client, (await client.send(command)).executionArn);
      };
      const [deployed, { files }] = await Promise.all([
        execute(machines.distributed),
        execute(machines.inline),
      ]);
      return { ...deployed, files };
    },
    async close() {
      client.destroy();
      await localstack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The file that SFN_MOCK_CONFIG names, in the format of AWS Step Functions Local. */
function mockConfiguration(scenarios: Record<string, Answers>): object {
  const responses: Record<string, object> = {};
  const cases: Record<string, Record<string, string>> = {};
  for (const [scenario, answers] of Object.entries(scenarios)) {
    cases[scenario] = {};
    for (const [state, given] of Object.entries(answers)) {
      const name = `${scenario}-${state}`;
      cases[scenario][state] = name;
      responses[name] = Object.fromEntries(
        given.map((answer, index) => [
          index,
          "returns" in answer
            ? { Return: answer.returns }
            : { Throw: { Error: answer.fails.error, Cause: answer.fails.cause } },
        ]),
      );
    }
  }
  const machines = Object.values(MACHINES).map((machine) => [machine, { TestCases: cases }]);
  return { StateMachines: Object.fromEntries(machines), MockedResponses: responses };
}

/** The definition, but for names of functions and the length of retries' waits, which are real here. */
function quickDefinition(mode: keyof typeof MACHINES): string {
  const definition = loadDefinition();
  for (const { state } of allStates(definition)) {
    if (mode === "inline" && state.Type === "Map") {
      Object.assign(state, { ToleratedFailurePercentage: undefined });
      Object.assign(state.ItemProcessor ?? {}, { ProcessorConfig: { Mode: "INLINE" } });
    }
    if (!("Retry" in state)) continue;
    for (const retrier of state.Retry ?? [])
      Object.assign(retrier, { IntervalSeconds: 1, MaxDelaySeconds: 2 });
  }
  return (
    JSON.stringify(definition)
      .replaceAll(/\$\{(\w+?)(?:FunctionArn)?\}/g, "arn:aws:lambda:us-east-1:000000000000:function:$1")
      // Its grammar takes only a number with a point here, which AWS does not ask for.
      .replaceAll(/("ToleratedFailurePercentage":\d+)(?=[,}])/g, "$1.0")
  );
}

async function pathOf(client: SFNClient, executionArn: string | undefined): Promise<Path> {
  let described = await client.send(new DescribeExecutionCommand({ executionArn }));
  while (described.status === "RUNNING") {
    await sleep(100);
    described = await client.send(new DescribeExecutionCommand({ executionArn }));
  }
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn })) {
    events.push(...(page.events ?? []));
  }
  const { output, error = "", cause = "" } = described;
  return {
    ...statesOf(events),
    ...(output === undefined ? { failure: { error, cause } } : { output: JSON.parse(output) }),
  };
}

/** Every event tells the one before it: so those of a file lead back to the start of its iteration. */
function statesOf(events: HistoryEvent[]): Pick<Path, "states" | "files"> {
  const path: Pick<Path, "states" | "files"> = { states: [], files: [] };
  const fileOf = new Map<number | undefined, number | undefined>();
  for (const { id, previousEventId, type, ...details } of events) {
    const index = details.mapIterationStartedEventDetails?.index ?? fileOf.get(previousEventId);
    fileOf.set(id, type?.startsWith("MapState") ? undefined : index);
    const state = details.stateEnteredEventDetails?.name;
    if (state !== undefined) enter(path, state, index);
  }
  return path;
}
