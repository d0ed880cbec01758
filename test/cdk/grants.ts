import type { Template } from "aws-cdk-lib/assertions";
import { resourcesOf } from "./synthesis.ts";

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** What a role may do: for each action the resources, readable. */
export type Grants = Record<string, string[]>;

/**
 * Everything that the policies of the role give whose logical id matches. ARNs are as in partition `aws`, region
 * `REGION` and account `ACCOUNT`; other resources of the template are `<logical id without its hash>`.
 */
export function grantsOf(template: Template, role: RegExp): Grants {
  const grants: Record<string, Set<string>> = {};
  for (const { Effect, Action, Resource, Condition } of statementsOf(template, role)) {
    if (Effect !== "Allow" || Condition !== undefined) throw new Error("The test knows no such statement");
    for (const action of [Action].flat()) {
      grants[action] ??= new Set();
      for (const resource of [Resource].flat()) grants[action].add(readable(resource));
    }
  }
  return Object.fromEntries(
    Object.entries(grants).map(([action, resources]) => [action, [...resources].sort()]),
  );
}

function statementsOf(template: Template, role: RegExp): Statement[] {
  const policies = Object.values(resourcesOf(template, "AWS::IAM::Policy")).filter(({ Roles }) =>
    role.test(JSON.stringify(Roles)),
  );
  return policies.flatMap(({ PolicyDocument }) => {
    const { Statement } = PolicyDocument as { Statement: Statement[] }; // as IAM defines it
    return Statement;
  });
}

const PSEUDO: Record<string, string> = {
  "AWS::Partition": "aws",
  "AWS::Region": "REGION",
  "AWS::AccountId": "ACCOUNT",
};

/** ARNs and parts of texts as they are read, whatever of CloudFormation they are made of. */
export function readable(value: unknown): string {
  if (typeof value === "string") return value;
  const [[intrinsic, argument] = []] = Object.entries(value ?? {});
  if (intrinsic === "Ref") return PSEUDO[argument] ?? `<${withoutHash(argument)}>`;
  if (intrinsic === "Fn::GetAtt") return `<${withoutHash(argument[0])}>`;
  if (intrinsic === "Fn::Sub") {
    return argument.replace(/\$\{([^}]+)\}/g, (_: string, name: string) => readable({ Ref: name }));
  }
  if (intrinsic === "Fn::Join") return argument[1].map(readable).join(argument[0]);
  throw new Error(`The test cannot read ${JSON.stringify(value)}`);
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "").replace(/^LibraryExport/, "");
}
