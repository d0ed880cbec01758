import { ArnFormat, Aws, Stack } from "aws-cdk-lib";
import { type Conditions, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

/** A role that EventBridge may use for rules of this account alone. */
export function eventsRole(scope: Construct, id: string): Role {
  return roleFor("events.amazonaws.com", scope, id);
}

/** A role that ECS may use for tasks of this account alone. */
export function taskRole(scope: Construct, id: string): Role {
  return roleFor("ecs-tasks.amazonaws.com", scope, id);
}

/**
 * A role that Step Functions may use for state machines of this account alone. Which one cannot be said: the machine
 * waits for its role.
 */
export function stateMachineRole(scope: Construct, id: string): Role {
  const stateMachines = Stack.of(scope).formatArn({
    service: "states",
    resource: "stateMachine",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return roleFor("states.amazonaws.com", scope, id, { ArnLike: { "aws:SourceArn": stateMachines } });
}

/** A service acts for whoever tells it to: without a condition, for another account as well. */
function roleFor(service: string, scope: Construct, id: string, conditions: Conditions = {}): Role {
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } };
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal(service, { conditions: { ...ofThisAccount, ...conditions } }),
  });
}
