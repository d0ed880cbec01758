/** CloudWatch's own measure: a dashboard is 24 columns wide. */
export const DASHBOARD_COLUMNS = 24;

/** What the dashboard shows, from top to bottom: each row from left to right, with the columns that a widget takes. */
export const DASHBOARD_ROWS = [
  { height: 4, widgets: { Alarms: 24 } },
  { height: 6, widgets: { Exports: 6, Syncs: 6, Files: 6, "Bytes exported": 6 } },
  {
    height: 6,
    widgets: { "Bytes per second of a transfer": 8, "Transfers at the same time": 8, vCenter: 8 },
  },
  { height: 6, widgets: { "Clean-ups": 12, "Dead letters": 12 } },
] as const;

/** Below them, where there is the HTTP API. */
export const API_ROW = {
  height: 6,
  widgets: { "API requests": 8, "API latency": 8, "API function": 8 },
} as const;

type TitlesOf<Row> = Row extends { widgets: infer Widgets } ? keyof Widgets : never;
export type WidgetTitle = TitlesOf<(typeof DASHBOARD_ROWS)[number]>;
export type ApiWidgetTitle = TitlesOf<typeof API_ROW>;
