import type { Duration } from "aws-cdk-lib";
import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";
import type { ApiWidgetTitle } from "./dashboardLayout.ts";
import type { ExportApi } from "./exportApi.ts";

/** What the dashboard shows of the HTTP API, by the titles of its widgets. */
export function apiMetrics(
  { restApi, function: apiFunction }: ExportApi,
  period: Duration,
): Record<ApiWidgetTitle, IMetric[]> {
  const sum = (label: string) => ({ label, statistic: "Sum", period });
  return {
    "API requests": [
      restApi.metricCount(sum("requests")),
      restApi.metricClientError(sum("4XX, throttled ones among them")),
      restApi.metricServerError(sum("5XX")),
    ],
    "API latency": ["p50", "p95", "Maximum"].map((statistic) =>
      restApi.metricLatency({ label: statistic, statistic, period }),
    ),
    "API function": [apiFunction.metricErrors(sum("errors")), apiFunction.metricThrottles(sum("throttled"))],
  };
}
