import type { Cell } from "./screen.ts";

/** Of a cell. */
const WIDTH = 7.8;
const HEIGHT = 17;
const MARGIN = 14;
const FONT = 'font-family="ui-monospace,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" font-size="13"';
const BACKGROUND = "#1e1e2e";
const FOREGROUND = "#d4d4d8";

/** By their numbers, of those that the command line uses. */
const COLOURS: Record<number, string> = { 1: "#f87171", 2: "#4ade80", 3: "#facc15" };

/** Screens of a terminal as an SVG, one below the other, each as high as what stands on it. */
export function terminalPicture(title: string, screens: Cell[][][]): string {
  const columns = Math.max(...screens.flat().map((row) => row.length));
  const width = Math.ceil(columns * WIDTH + 2 * MARGIN);
  let top = 0;
  const drawn = screens.map(withoutEmptyRows).map((rows) => {
    const height = rows.length * HEIGHT + 2 * MARGIN;
    const panel = drawScreen(rows, top, width, height);
    top += height + MARGIN;
    return panel;
  });
  const height = top - MARGIN;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escapeXml(title)}</title>`,
    ...drawn.flat(),
    "</svg>",
  ].join("\n")}\n`;
}

function withoutEmptyRows(rows: Cell[][]): Cell[][] {
  return rows.slice(0, rows.findLastIndex((row) => row.some(({ characters }) => characters !== " ")) + 1);
}

function drawScreen(rows: Cell[][], top: number, width: number, height: number): string[] {
  return [
    `<rect y="${top}" width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...rows.flatMap((row, index) => drawRow(row, top + MARGIN + HEIGHT * index + 13)),
  ];
}

function drawRow(row: Cell[], y: number): string[] {
  const drawn: string[] = [];
  for (let start = 0; start < row.length; ) {
    const style = styleOf(row[start]);
    let end = start + 1;
    while (end < row.length && styleOf(row[end]) === style) end += 1;
    const text = row.slice(start, end).map(({ characters }) => characters);
    const length = text.join("").trimEnd().length;
    if (length > 0) {
      // The length given keeps columns in line, whichever font there is.
      const place = `x="${round(MARGIN + start * WIDTH)}" y="${y}" textLength="${round(length * WIDTH)}"`;
      const words = escapeXml(text.join("").trimEnd());
      drawn.push(
        `<text ${place} lengthAdjust="spacingAndGlyphs" xml:space="preserve" ${style} ${FONT}>${words}</text>`,
      );
    }
    start = end;
  }
  return drawn;
}

function styleOf(cell: Cell | undefined): string {
  const { colour, dim = false, bold = false } = cell ?? {};
  const fill = (colour !== undefined && COLOURS[colour]) || FOREGROUND;
  return `fill="${fill}"${dim ? ' fill-opacity="0.5"' : ""}${bold ? ' font-weight="bold"' : ""}`;
}

function round(number: number): string {
  return String(Math.round(number * 10) / 10);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
