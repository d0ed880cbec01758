import { describe, expect, test } from "vitest";
import { existingVpc, resourcesOf, stackTemplate } from "../cdk/synthesis.ts";

/**
 * A service acts for whoever asks it to. What lets a service in has to say for whom: a role and a policy that name the
 * service alone can be used through it by another account.
 */
const nightly = { expression: "rate(1 day)", input: { vcenter: "lab", libraryItemId: "an-item" } };
const template = stackTemplate({
  notifyFailures: true,
  api: true,
  schedules: { nightly },
  vpc: existingVpc,
  containerRoute: true,
});

interface Statement {
  Effect: string;
  Principal: { Service?: string };
  Condition?: Record<string, Record<string, unknown>>;
}

/** Statements that let a service in, by the logical id of what they are about. */
function lettingIn(types: string[], document: string): [string, Statement][] {
  return types.flatMap((type) =>
    Object.entries(resourcesOf(template, type)).flatMap(([id, properties]) => {
      const { Statement } = properties[document] as { Statement: Statement[] }; // as IAM defines it
      return Statement.filter(
        ({ Effect, Principal }) => Effect === "Allow" && Principal.Service !== undefined,
      ).map((statement): [string, Statement] => [`${id}: ${statement.Principal.Service}`, statement]);
    }),
  );
}

function isOfThisAccount({ Condition = {} }: Statement): boolean {
  const conditions = Object.assign({}, ...Object.values(Condition));
  const source = JSON.stringify([conditions["aws:SourceArn"], conditions["aws:SourceAccount"]]);
  // An ARN of the stack's own is of its account.
  return source.includes('"AWS::AccountId"') || /"Fn::GetAtt":\[.*"Arn"\]/.test(source);
}

describe("only on behalf of this account", () => {
  // Lambda and API Gateway give no such condition when they assume a role; only this account can name it to them.
  const WITHOUT_SOURCE = /: (lambda|apigateway)\.amazonaws\.com$/;
  const roles = lettingIn(["AWS::IAM::Role"], "AssumeRolePolicyDocument").filter(
    ([name]) => !WITHOUT_SOURCE.test(name),
  );

  test.each(roles)("a service assumes the role %s", (_name, statement) => {
    expect(isOfThisAccount(statement)).toBe(true);
  });

  const policies = lettingIn(["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"], "PolicyDocument");

  test.each(policies)("a service publishes or sends by the policy %s", (_name, statement) => {
    expect(isOfThisAccount(statement)).toBe(true);
  });

  const permissions = Object.entries(resourcesOf(template, "AWS::Lambda::Permission"));

  test.each(permissions)("a service invokes a function by %s", (_id, { SourceArn }) => {
    expect(JSON.stringify(SourceArn)).toMatch(/AWS::AccountId|Fn::GetAtt/);
  });

  test("there is something of each kind", () => {
    expect([roles, policies, permissions].map(({ length }) => length > 0)).toEqual([true, true, true]);
  });
});

test("the account's alarms may publish to the topic, which has no policy but its own", () => {
  const [policy] = lettingIn(["AWS::SNS::TopicPolicy"], "PolicyDocument");
  expect(policy?.[1]).toMatchObject({
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
  });
});
