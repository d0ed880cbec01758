import { type IEventBus, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Schedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { TimeZone } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { ExportInput } from "../functions/input.ts";
import type { SyncInput } from "../functions/sync/input.ts";
import { scheduledStart } from "./scheduledStart.ts";
import { eventsRole } from "./serviceRole.ts";

interface ExecutionSchedule<Input> {
  /** As EventBridge Scheduler has it: `rate(1 day)`, or `cron(0 2 * * ? *)` for two o'clock every night. */
  readonly expression: string;

  /**
   * Time zone of a cron expression, such as `Europe/Berlin`.
   * @default "UTC"
   */
  readonly timeZone?: string;

  /** What is exported, or mirrored. */
  readonly input: Input;
}

export type ExportSchedule = ExecutionSchedule<ExportInput>;
export type SyncSchedule = ExecutionSchedule<SyncInput>;

export interface TriggersProps<Input> {
  readonly stateMachine: IStateMachine;
  /** What is started. */
  readonly word: "Export" | "Sync";
  /** @throws InvalidInput */
  readonly parseInput: (input: Input) => unknown;
  /** @default - the default bus */
  readonly eventBus?: IEventBus;
  /** By name. */
  readonly schedules?: Record<string, ExecutionSchedule<Input>>;
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
}

/** What starts exports or syncs besides people: the event `Export Requested` or `Sync Requested`, and schedules. */
export class Triggers<Input extends ExportInput | SyncInput> extends Construct {
  constructor(scope: Construct, id: string, props: TriggersProps<Input>) {
    super(scope, id);
    const { stateMachine, word, parseInput, deadLetters: deadLetterQueue } = props;
    new Rule(this, "Requested", {
      description: `${word} Requested: starts an execution with the event's detail as its input`,
      ...(props.eventBus && { eventBus: props.eventBus }),
      eventPattern: { detailType: [`${word} Requested`] },
      targets: [
        new SfnStateMachine(stateMachine, {
          role: eventsRole(this, "EventsRole"),
          input: RuleTargetInput.fromEventPath("$.detail"),
          deadLetterQueue,
        }),
      ],
    });
    for (const [name, { expression, timeZone, input }] of Object.entries(props.schedules ?? {})) {
      // Found wrong now, it fails no execution in the night.
      parseInput(input);
      new Schedule(this, `Schedule-${name}`, {
        description: `Starts the ${word.toLowerCase()} "${name}"`,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone ?? "Etc/UTC")),
        target: scheduledStart(stateMachine, input, deadLetterQueue),
      });
    }
  }
}
