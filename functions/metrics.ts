/** What is counted of the work, and in what unit. Dashboard, alarms and runbook speak of these names. */
export const METRICS = {
  FilesExported: "Count",
  FilesUnchanged: "Count",
  FilesFailed: "Count",
  /** Of the files exported. */
  BytesExported: "Bytes",
  /** Time that invocations spent on moving files. */
  TransferSeconds: "Seconds",
  /** Requests to vCenter that were sent again after passing trouble. */
  RequestsRepeated: "Count",
  /** Times that a download session was kept alive. */
  KeepAlives: "Count",
} as const;

export type MetricName = keyof typeof METRICS;

export interface Metrics {
  /** Adds to what is counted; whoever has nothing to add need not say so. */
  add(name: MetricName, value: number): void;
}
