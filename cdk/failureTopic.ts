import { ArnFormat, Aws, Stack } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { executionPrefixOf } from "./executionArns.ts";
import { eventsRole } from "./serviceRole.ts";

interface FailureTopicProps {
  readonly syncs: StateMachine;
  /** Takes what cannot be published. */
  readonly deadLetters: IQueue;
}

/**
 * A topic that tells of every sync that failed, and of every export that is not a sync's, in a sentence that fits an
 * e-mail. Of the items of a sync, which may be hundreds that fail for one reason, the sync's own message has the number.
 */
export function failureTopic(scope: Construct, id: string, { syncs, deadLetters }: FailureTopicProps): Topic {
  const topic = new Topic(scope, id, { displayName: "Failures of library-export", enforceSSL: true });
  allowAlarms(topic);
  // Else the topic's policy would let EventBridge publish whoever's rule it is.
  const role = eventsRole(scope, `${id}EventsRole`);
  // Absent where an execution of an earlier definition tells it.
  const byNoSync = [null, { exists: false }, { "anything-but": { prefix: executionPrefixOf(syncs) } }];
  for (const { word, message } of MESSAGES) {
    new Rule(scope, `${word}${id}Rule`, {
      description: `Tells of every ${word.toLowerCase()} that failed`,
      eventPattern: {
        source: ["library-export"],
        detailType: [`${word} Failed`],
        ...(word === "Export" && { detail: { startedBy: byNoSync } }),
      },
      targets: [
        new SnsTopic(topic, {
          role,
          message: RuleTargetInput.fromText(message),
          deadLetterQueue: deadLetters,
        }),
      ],
    });
  }
  return topic;
}

const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
const why = `from vCenter "${field("vcenter")}" failed: ${field("error.name")}: ${field("error.message")}`;

const MESSAGES = [
  {
    word: "Export",
    message:
      `The export of item "${field("item")}" (${field("libraryItemId")}) of library "${field("library")}" ${why}\n` +
      `Files exported: ${field("counts.exported")}, failed: ${field("counts.failed")}\n` +
      `Execution: ${field("execution")}`,
  },
  {
    word: "Sync",
    message:
      `The sync of library "${field("library")}" ${why}\n` +
      `Items exported: ${field("counts.EXPORTED")}, failed: ${field("counts.FAILED")}\n` +
      `Execution: ${field("execution")}`,
  },
];

/** A topic with a policy of its own has none of the usual one, by which the account's alarms could publish. */
function allowAlarms(topic: Topic): void {
  const alarms = Stack.of(topic).formatArn({
    service: "cloudwatch",
    resource: "alarm",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": alarms },
      },
    }),
  );
}
