import { Duration } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { MetricName } from "../functions/metrics.ts";
import { apiMetrics } from "./apiMetrics.ts";
import type { CleanUps } from "./cleanUps.ts";
import { API_ROW, DASHBOARD_ROWS, type WidgetTitle } from "./dashboardLayout.ts";
import type { ExportApi } from "./exportApi.ts";

export interface ExportDashboardProps {
  readonly exports: StateMachine;
  /** The state machine that mirrors libraries. */
  readonly syncs: StateMachine;
  readonly transferFile: LambdaFunction;
  readonly cleanUps: CleanUps;
  readonly deadLetters: IQueue;
  /** @default - there is none */
  readonly api?: ExportApi;
  readonly alarms: readonly Alarm[];
  /** POWERTOOLS_SERVICE_NAME of the functions. */
  readonly serviceName: string;
}

const PERIOD = Duration.minutes(5);

/** What is going on, on one page. */
export class ExportDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: ExportDashboardProps) {
    super(scope, id);
    const metrics: Record<string, IMetric[]> = {
      ...metricsOf(props),
      ...(props.api && apiMetrics(props.api, PERIOD)),
    };
    const widget = (title: string, width: number, height: number): IWidget =>
      title === "Alarms"
        ? new AlarmStatusWidget({ title, width, height, alarms: [...props.alarms] })
        : new GraphWidget({ title, width, height, left: metrics[title] ?? [], leftYAxis: { min: 0 } });
    this.dashboard = new Dashboard(this, "Dashboard", {
      defaultInterval: Duration.days(1),
      widgets: [...DASHBOARD_ROWS, ...(props.api ? [API_ROW] : [])].map(({ height, widgets }) =>
        Object.entries(widgets).map(([title, width]) => widget(title, width, height)),
      ),
    });
  }
}

function metricsOf(props: ExportDashboardProps): Record<Exclude<WidgetTitle, "Alarms">, IMetric[]> {
  const { exports, syncs, cleanUps, transferFile, deadLetters, serviceName } = props;
  const own = (metricName: MetricName, label: string) =>
    new Metric({
      namespace: "LibraryExport",
      metricName,
      label,
      dimensionsMap: { service: serviceName },
      statistic: "Sum",
      period: PERIOD,
    });
  const sum = (label: string) => ({ label, statistic: "Sum", period: PERIOD });
  const executionsOf = (stateMachine: StateMachine) => [
    stateMachine.metricStarted(sum("started")),
    stateMachine.metricSucceeded(sum("succeeded")),
    stateMachine.metricFailed(sum("failed")),
    stateMachine.metricTimedOut(sum("timed out")),
    stateMachine.metricAborted(sum("stopped")),
  ];
  return {
    Exports: executionsOf(exports),
    Syncs: executionsOf(syncs),
    Files: [
      own("FilesExported", "exported"),
      own("FilesUnchanged", "unchanged"),
      own("FilesFailed", "failed"),
    ],
    "Bytes exported": [own("BytesExported", "bytes")],
    "Bytes per second of a transfer": [
      new MathExpression({
        label: "bytes per second",
        expression: "bytes / seconds",
        usingMetrics: {
          bytes: own("BytesExported", "bytes"),
          seconds: own("TransferSeconds", "seconds"),
        },
        period: PERIOD,
      }),
    ],
    "Transfers at the same time": [
      transferFile.metric("ConcurrentExecutions", {
        label: "transfers",
        statistic: "Maximum",
        period: PERIOD,
      }),
      transferFile.metricThrottles(sum("throttled")),
    ],
    vCenter: [own("RequestsRepeated", "requests repeated"), own("KeepAlives", "keep-alives")],
    "Clean-ups": [
      cleanUps.exports.stateMachine.metricStarted(sum("started")),
      cleanUps.exports.stateMachine.metricFailed(sum("failed")),
      cleanUps.syncs.stateMachine.metricStarted(sum("started, of syncs")),
      cleanUps.syncs.stateMachine.metricFailed(sum("failed, of syncs")),
    ],
    "Dead letters": [
      deadLetters.metricApproximateNumberOfMessagesVisible({
        label: "waiting",
        statistic: "Maximum",
        period: PERIOD,
      }),
    ],
  };
}
