import { randomBytes } from "node:crypto";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import {
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { describe, expect, test } from "vitest";
import { expectDifferences } from "../../differences.ts";
import type { Deployment } from "./deployment.ts";
import { DIFFERENCES } from "./differences.ts";
import { childrenOf, type Execution, historyOf, statesOf } from "./execution.ts";
import { REGION } from "./ministack.ts";
import { logLines } from "./traces.ts";

/**
 * What AWS makes of the stack, and of the executions before: it is in the list of differences, or it is shown.
 * @param deployed with the executions that the tests before have made
 */
export function describeAwsBehaviour(deployed: () => Deployment): void {
  describe("as AWS behaves", () => {
    expectDifferences(DIFFERENCES);

    function execution(matches: (execution: Execution) => boolean): Execution {
      const found = deployed().executions.find(matches);
      if (found === undefined) throw new TypeError("no test before has made such an execution");
      return found;
    }
    const exported = () => execution(({ status }) => status === "SUCCEEDED");

    test("an error of a function keeps its name", () => {
      const { error } = execution(({ cause }) => cause?.includes("bytes received") ?? false);
      expect(error).toBe("ChecksumMismatch");
    });

    test("a refused log-in has its name", () => {
      expect(execution(({ cause }) => cause?.includes("log-in") ?? false).error).toBe("LoginRefused");
    });

    test("the history of a file's execution has its states", async () => {
      const { stepFunctions } = deployed();
      const [file] = await childrenOf(stepFunctions, exported().arn);
      expect(statesOf(await historyOf(stepFunctions, file?.executionArn))).toEqual(
        expect.arrayContaining(["PrepareFile", "TransferFile", "CompleteFile", "FileExported"]),
      );
    });

    test("no more files are on their way at once than the input asks for", async () => {
      const { stepFunctions } = deployed();
      const { arn } = execution(({ report }) => report?.files[0]?.key.startsWith("slow/") ?? false);
      const { mapRuns: [run] = [] } = await stepFunctions.send(new ListMapRunsCommand({ executionArn: arn }));
      const { maxConcurrency } = await stepFunctions.send(
        new DescribeMapRunCommand({ mapRunArn: run?.mapRunArn }),
      );
      expect(maxConcurrency).toBe(1);
    });

    test("a stop reaches the executions of files", async () => {
      const stopped = execution(({ status }) => status === "ABORTED");
      const children = await childrenOf(deployed().stepFunctions, stopped.arn);
      expect(children.map(({ status }) => status)).toEqual(["ABORTED"]);
    });

    test("the state machine logs what each state does", async () => {
      const { aws, outputs } = deployed();
      const lines = await logLines(aws, outputs.StateMachineLogGroup);
      expect(lines.map((line) => JSON.parse(line).details?.name)).toContain("ResolveItem");
    });

    test("the state machine is traced", async () => {
      const { stepFunctions, outputs } = deployed();
      const { tracingConfiguration } = await stepFunctions.send(
        new DescribeStateMachineCommand({ stateMachineArn: outputs.StateMachineArn }),
      );
      expect(tracingConfiguration).toEqual({ enabled: true });
    });

    test("functions run on the Node of the bundles, on Graviton, with the time that their states give them", async () => {
      const functions = await deployed().aws.functions();
      expect(functions.length).toBeGreaterThanOrEqual(7);
      for (const { Runtime, Architectures } of functions) {
        expect({ Runtime, Architectures }).toEqual({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
      }
      const transfer = functions.find(({ FunctionName }) => FunctionName.includes("TransferFile"));
      expect(transfer).toMatchObject({ Timeout: 900, MemorySize: 1769 });
    });

    test("the logs of functions are kept for half a year", async () => {
      const { logGroups } = await deployed().aws.ask<{ logGroups: { retentionInDays?: number }[] }>(
        "Logs_20140328.DescribeLogGroups",
      );
      expect(new Set(logGroups.map(({ retentionInDays }) => retentionInDays))).toEqual(new Set([180]));
    });

    test("the bucket is private, and keeps what is replaced", async () => {
      const { emulatedS3, outputs } = deployed();
      const bucket = { Bucket: outputs.BucketName };
      const { PublicAccessBlockConfiguration } = await emulatedS3.send(
        new GetPublicAccessBlockCommand(bucket),
      );
      expect(PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect((await emulatedS3.send(new GetBucketVersioningCommand(bucket))).Status).toBe("Enabled");
    });

    test("the bucket removes what a stopped export may leave", async () => {
      const { emulatedS3, outputs } = deployed();
      const { Rules = [] } = await emulatedS3.send(
        new GetBucketLifecycleConfigurationCommand({ Bucket: outputs.BucketName }),
      );
      expect(Rules.map(({ ID }) => ID)).toContain("AbortIncompleteUploads");
    });

    test("the bucket is reached by TLS alone", async () => {
      const { emulatedS3, outputs } = deployed();
      const plain = emulatedS3.send(new ListObjectsV2Command({ Bucket: outputs.BucketName }));
      await expect(plain).rejects.toThrow(/Access ?Denied/i);
    });

    test("nobody gets in without the right secret key", async () => {
      const { aws } = deployed();
      const client = new SFNClient({
        endpoint: aws.url,
        region: REGION,
        credentials: { ...aws.credentials, secretAccessKey: randomBytes(20).toString("hex") },
        maxAttempts: 1,
      });
      try {
        await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow(/signature|token/i);
      } finally {
        client.destroy();
      }
    });
  });
}
