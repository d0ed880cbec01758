import { API_ROW, DASHBOARD_COLUMNS, DASHBOARD_ROWS } from "../../cdk/dashboardLayout.ts";

const COLUMN = 30;
const ROW = 22;
const GAP = 4;

/** An SVG of the dashboard's layout with the HTTP API: what is where, without any number. */
export function dashboardPicture(): string {
  const rows = [...DASHBOARD_ROWS, API_ROW];
  const width = COLUMN * DASHBOARD_COLUMNS;
  const height = ROW * rows.reduce((sum, row) => sum + row.height, 0);
  let top = 0;
  const widgets = rows.flatMap((row) => {
    const y = top;
    top += row.height * ROW;
    let left = 0;
    return Object.entries<number>(row.widgets).flatMap(([title, columns]) => {
      const x = left;
      left += columns * COLUMN;
      return drawWidget(title, { x, y, width: columns * COLUMN, height: row.height * ROW });
    });
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    "<title>Layout of the dashboard</title>",
    `<rect width="${width}" height="${height}" fill="#e5e7eb"/>`,
    ...widgets,
    "</svg>",
  ].join("\n")}\n`;
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function drawWidget(title: string, { x, y, width, height }: Place): string[] {
  return [
    `<rect x="${x + GAP}" y="${y + GAP}" width="${width - 2 * GAP}" height="${height - 2 * GAP}" rx="4" fill="white" stroke="#9ca3af"/>`,
    `<text x="${x + 3 * GAP}" y="${y + 24}" font-size="13" font-family="Helvetica,Arial,sans-serif">${title}</text>`,
  ];
}
