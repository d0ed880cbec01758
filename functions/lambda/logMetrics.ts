import { MetricUnit, Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";
import { METRICS, type Metrics } from "../metrics.ts";

/** The deployment is the metrics' only dimension: POWERTOOLS_SERVICE_NAME. */
const stored = new PowertoolsMetrics({ namespace: "LibraryExport" });

/**
 * Metrics that go out in a line of the log, from which CloudWatch takes them: whether Lambda or ECS has written it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const logMetrics: Metrics & { publish(): void } = {
  add(name, value) {
    stored.addMetric(name, MetricUnit[METRICS[name]], value);
  },
  publish() {
    if (stored.hasStoredMetrics()) stored.publishStoredMetrics();
  },
};
