import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, test, vi } from "vitest";
import type { Deployment } from "./deployment.ts";
import type { EventQueue } from "./events.ts";
import { childrenOf, endOf, startExecution } from "./execution.ts";
import { type Gateway, gatewayOf } from "./gateway.ts";

/** A sync that is stopped while its exports are on their way. */
export function describeStoppedSync(deployed: () => Deployment, events: () => EventQueue): void {
  describe("that is stopped by the API while vCenter prepares files", () => {
    const gateway = (): Gateway => gatewayOf(deployed().aws, deployed().outputs.ApiUrl ?? "");
    let location = "";

    test("tells how many exports of its page have ended", async () => {
      const { behaviour, openDownloadSessions } = deployed().vcenter;
      behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
      const body = { vcenter: "lab", library: "Mirrored", destination: { prefix: "stopped/" } };
      const started = await gateway().ask("POST", "/syncs", { body });
      location = String(started.headers.location);
      await vi.waitUntil(() => openDownloadSessions().length > 1, { timeout: 60_000 });
      const { body: status } = await gateway().ask("GET", location);
      expect(status.exporting).toEqual({ total: 2, ended: 0 });
    });

    test("takes its exports along, and leaves nothing of its own but the report", async () => {
      const stopped = await gateway().ask("DELETE", location);
      expect(stopped).toMatchObject({ status: 202, body: { state: "ABORTED" } });
      const running = async () => (await gateway().ask("GET", "/exports?state=RUNNING")).body.exports;
      await expect.poll(running, { timeout: 60_000, interval: 500 }).toEqual([]);
      const own = async () => (await deployed().keys()).filter((key) => key.includes("/syncs/")).length;
      await expect.poll(own, { timeout: 60_000, interval: 500 }).toBe(0);
    });

    test("is told of by the clean-up", async () => {
      const told = await events().next(
        ({ "detail-type": type, detail }) =>
          type === "Sync Failed" && (detail.report?.key.startsWith("stopped/") ?? false),
      );
      expect(told).toMatchObject({ detail: { library: "Mirrored", error: { name: "Stopped" } } });
    });

    test("has each of its exports cleaned up by an event of its own", async () => {
      const cleaned = async () => {
        const inputs = await cleanUpsOf(deployed());
        return (await stoppedExports()).filter((arn) => inputs.some((text) => text.includes(arn))).length;
      };
      expect(await stoppedExports()).toHaveLength(2);
      await expect.poll(cleaned, { timeout: 10_000, interval: 500 }).toBe(2);
    });

    test("leaves nothing open once they are cleaned up", async () => {
      // WHEN the clean-ups are started as the event would have it, and once more when no function runs any more: here,
      // the executions of files outlast those seconds that the clean-up's wait is
      await cleanUpExports();
      await vi.waitUntil(async () => (await runningFiles()).length === 0, { timeout: 60_000, interval: 500 });
      await cleanUpExports();
      // THEN
      await expect.poll(deployed().leftBehind, { timeout: 60_000, interval: 500 }).toEqual({
        uploads: [],
        recordsAndStagingObjects: [],
        downloadSessions: 0,
        logins: 0,
      });
    });

    async function cleanUpExports(): Promise<void> {
      const { stepFunctions } = deployed();
      const stateMachineArn = await cleanUpOf(deployed());
      for (const executionArn of await stoppedExports()) {
        const started = await startExecution(
          stepFunctions,
          stateMachineArn,
          JSON.stringify({ executionArn }),
        );
        expect(await endOf(stepFunctions, started)).toMatchObject({ status: "SUCCEEDED" });
      }
    }

    async function runningFiles() {
      const files = await Promise.all(
        (await stoppedExports()).map((arn) => childrenOf(deployed().stepFunctions, arn)),
      );
      return files.flat().filter(({ status }) => status === "RUNNING");
    }

    /** ARNs of the exports of the sync. */
    async function stoppedExports(): Promise<string[]> {
      const { stepFunctions, outputs } = deployed();
      const { executions = [] } = await stepFunctions.send(
        new ListExecutionsCommand({
          stateMachineArn: outputs.StateMachineArn,
          statusFilter: "ABORTED",
          maxResults: 1000,
        }),
      );
      const described = await Promise.all(
        executions.map(({ executionArn }) =>
          stepFunctions.send(new DescribeExecutionCommand({ executionArn })),
        ),
      );
      const id = location.slice(location.lastIndexOf("/") + 1);
      return described.flatMap(({ executionArn, input = "" }) =>
        executionArn !== undefined && input.includes(`:${id}"`) ? executionArn : [],
      );
    }
  });
}

/** ARN of the state machine that cleans up after exports, which is no output of the stack. */
async function cleanUpOf({ stepFunctions }: Deployment): Promise<string> {
  const { stateMachines = [] } = await stepFunctions.send(new ListStateMachinesCommand());
  const found = stateMachines.find(({ name = "" }) => name.includes("CleanUpExports"))?.stateMachineArn;
  if (found === undefined) throw new Error("the stack has no clean-up of exports");
  return found;
}

/** Inputs of its executions. */
async function cleanUpsOf(deployment: Deployment): Promise<string[]> {
  const { stepFunctions } = deployment;
  const { executions = [] } = await stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: await cleanUpOf(deployment), maxResults: 1000 }),
  );
  const described = await Promise.all(
    executions.map(({ executionArn }) => stepFunctions.send(new DescribeExecutionCommand({ executionArn }))),
  );
  return described.map(({ input = "" }) => input);
}
