import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { InvalidInput } from "../functions/errors.ts";
import type { CleanUps } from "./cleanUps.ts";
import type { ExportApi } from "./exportApi.ts";

export interface AlarmsProps {
  /** The state machine that exports. */
  readonly exports: StateMachine;
  /** The state machine that mirrors libraries. */
  readonly syncs: StateMachine;
  readonly cleanUps: CleanUps;
  readonly deadLetters: IQueue;
  /** @default - there is none */
  readonly api?: ExportApi;
  /** @default - no alarm when nothing succeeds */
  readonly expectSuccessWithin?: Duration;
  /** Hears of alarms. @default - nobody does */
  readonly topic?: ITopic;
}

/** CloudWatch evaluates no longer than a week of hours. */
const LONGEST_EVALUATION_HOURS = 168;

/** Of the 29 seconds that API Gateway waits; a function that was just started needs two or three. */
const SLOW_MILLISECONDS = 10_000;

/** What somebody has to look at. docs/runbook.md has a section for each of them. */
export class Alarms extends Construct {
  readonly all: Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { exports, syncs, cleanUps, deadLetters, topic } = props;
    const sum = { statistic: "Sum", period: Duration.minutes(5) };
    // The topic hears of each failed export and sync by its event, which says more than an alarm.
    const told = [
      this.#whenever("ExportFailed", "An export failed", exports.metricFailed(sum)),
      this.#whenever("ExportTimedOut", "An export ran out of time", exports.metricTimedOut(sum)),
      this.#whenever("SyncFailed", "A sync failed", syncs.metricFailed(sum)),
      this.#whenever("SyncTimedOut", "A sync ran out of time", syncs.metricTimedOut(sum)),
    ];
    const others = [
      this.#whenever(
        "DeadLetters",
        "An event could not be delivered, and waits in the dead-letter queue",
        deadLetters.metricApproximateNumberOfMessagesVisible({ ...sum, statistic: "Maximum" }),
      ),
      this.#whenever(
        "CleanUpFailed",
        "Something that an export has left could not be removed",
        cleanUps.exports.stateMachine.metricFailed(sum),
      ),
      this.#whenever(
        "SyncCleanUpFailed",
        "A sync that was cut off could not be cleaned up",
        cleanUps.syncs.stateMachine.metricFailed(sum),
      ),
      this.#whenever(
        "SweepFailed",
        "The daily look for what exports have left failed",
        cleanUps.sweepFunction.metricErrors(sum),
      ),
      ...(props.api ? this.#ofApi(props.api) : []),
      ...(props.expectSuccessWithin ? [this.#unlessSuccess(exports, props.expectSuccessWithin)] : []),
    ];
    if (topic) for (const alarm of others) alarm.addAlarmAction(new SnsAction(topic));
    this.all = [...told, ...others];
  }

  /** Requests beyond the stage's limit (429) are no alarm: the limit is there to be met. */
  #ofApi({ restApi, function: apiFunction }: ExportApi): Alarm[] {
    const period = Duration.minutes(5);
    const sum = { statistic: "Sum", period };
    return [
      this.#whenever(
        "ApiFailed",
        "The HTTP API has answered with a status of 500 or above",
        restApi.metricServerError(sum),
      ),
      this.#whenever(
        "ApiFunctionFailed",
        "The function of the HTTP API crashed or ran out of time",
        apiFunction.metricErrors(sum),
      ),
      this.#whenever(
        "ApiFunctionThrottled",
        "The function of the HTTP API was not run for want of concurrency",
        apiFunction.metricThrottles(sum),
      ),
      new Alarm(this, "ApiSlow", {
        alarmDescription: "The HTTP API is slow",
        metric: restApi.metricLatency({ statistic: "p95", period }),
        threshold: SLOW_MILLISECONDS,
        evaluationPeriods: 3,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    ];
  }

  #whenever(id: string, alarmDescription: string, metric: IMetric): Alarm {
    return new Alarm(this, id, {
      alarmDescription,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  #unlessSuccess(exports: StateMachine, within: Duration): Alarm {
    const hours = within.toHours();
    if (hours > LONGEST_EVALUATION_HOURS) {
      throw new InvalidInput(
        `expectSuccessWithin: ${hours} hours are more than a week, which is the longest`,
      );
    }
    return new Alarm(this, "NoSuccess", {
      alarmDescription: `No export has succeeded for ${hours} hours`,
      metric: exports.metricSucceeded({ statistic: "Sum", period: Duration.hours(1) }),
      threshold: 1,
      evaluationPeriods: hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // Hours without an export have no value at all.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
