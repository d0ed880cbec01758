import { ACCOUNT, type Ministack, REGION } from "./ministack.ts";

/** What is read here of an event that tells how an export ended. */
export interface EndedEvent {
  "detail-type": string;
  detail: {
    execution: string;
    /** Of an export. */
    manifest?: { key: string } | null;
    /** Of a sync. */
    report?: { key: string } | null;
    error: { message: string } | null;
  };
}

export interface EventQueue {
  /** The next event that is meant: waits for it for up to ten seconds after the one before it. */
  next(isMeant: (event: EndedEvent) => boolean): Promise<EndedEvent>;
}

/** Puts an event on the default bus, as a user's program does. */
export async function putEvent(aws: Ministack, detailType: string, detail: unknown): Promise<void> {
  const { FailedEntryCount } = await aws.ask<{ FailedEntryCount: number }>("AWSEvents.PutEvents", {
    Entries: [{ Source: "my-team", DetailType: detailType, Detail: JSON.stringify(detail) }],
  });
  if (FailedEntryCount > 0) throw new Error(`the event ${detailType} was not taken`);
}

/** Listens as a user does: a rule of the default event bus puts all events of a source into a queue. */
export async function queueEvents(aws: Ministack, source: string): Promise<EventQueue> {
  const name = `events-of-${source}`;
  const { QueueUrl } = await aws.ask<{ QueueUrl: string }>("AmazonSQS.CreateQueue", { QueueName: name });
  await aws.ask("AWSEvents.PutRule", { Name: name, EventPattern: JSON.stringify({ source: [source] }) });
  await aws.ask("AWSEvents.PutTargets", {
    Rule: name,
    Targets: [{ Id: "queue", Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` }],
  });
  const next = async (): Promise<EndedEvent> => {
    const { Messages: [message] = [] } = await aws.ask<{
      Messages?: { Body: string; ReceiptHandle: string }[];
    }>("AmazonSQS.ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 10 });
    if (message === undefined) throw new Error(`no further event of ${source} came within ten seconds`);
    await aws.ask("AmazonSQS.DeleteMessage", { QueueUrl, ReceiptHandle: message.ReceiptHandle });
    return JSON.parse(message.Body);
  };
  return {
    async next(isMeant) {
      let event = await next();
      while (!isMeant(event)) event = await next();
      return event;
    },
  };
}
