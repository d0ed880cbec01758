import { StateMachine } from "aws-local-stepfunctions";
import { expect, test } from "vitest";
import { DataLimitExceeded, throughJson } from "../../local/payload.ts";

test("hands on what JSON keeps, and nothing else", () => {
  const when = new Date("2026-01-01T00:00:00.000Z");
  expect(throughJson({ when, absent: undefined, list: [undefined] })).toEqual({
    when: "2026-01-01T00:00:00.000Z",
    list: [null],
  });
});

test("takes a payload of exactly 262,144 bytes of UTF-8, and no more", () => {
  const quotes = 2;
  expect(throughJson("ä".repeat((262_144 - quotes) / 2))).toHaveLength(131_071);
  expect(() => throughJson("ä".repeat(131_072))).toThrow(DataLimitExceeded);
});

test("fails an execution by that error past every Retry and Catch, as Step Functions does", async () => {
  const machine = new StateMachine({
    StartAt: "Large",
    States: {
      Large: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Retry: [{ ErrorEquals: ["States.ALL"] }],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }],
        End: true,
      },
      Caught: { Type: "Succeed" },
    },
  });
  const Large = () => throughJson("x".repeat(300_000));
  const { result } = machine.run({}, { overrides: { taskResourceLocalHandlers: { Large } } });
  await expect(result).rejects.toMatchObject({ cause: { name: "States.DataLimitExceeded" } });
});
