import { Aws } from "aws-cdk-lib";
import { AccountPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";

/**
 * Nobody comes in but through the endpoints. Those who do are allowed as the account's own, and not as anybody: IAM
 * still has to allow each of them.
 */
export function privateApiPolicy(vpcEndpointIds: string[]): PolicyDocument {
  const statement = { actions: ["execute-api:Invoke"], resources: ["execute-api:/*"] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...statement, principals: [new AccountPrincipal(Aws.ACCOUNT_ID)] }),
      new PolicyStatement({
        ...statement,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: { StringNotEquals: { "aws:SourceVpce": vpcEndpointIds } },
      }),
    ],
  });
}
