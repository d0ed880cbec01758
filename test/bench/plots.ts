import { GO, PIPELINE } from "./contestants.ts";
import { type Results, summarise } from "./results.ts";
import { PACED_BYTES_PER_SECOND } from "./source.ts";

const WIDTH = 720;
const LEFT = 180;
const COLOURS = ["#0b7285", "#868e96", "#e8590c"];

/** The pictures of the performance page, by the names of their files in docs/. */
export function plots(results: Results): Record<string, string> {
  const pictures: Record<string, string> = {
    "performance-ranges.svg": rangesPlot(results),
    "performance-memory.svg": memoryPlot(results),
  };
  for (const { target, runs } of results.comparisons) {
    const bars = Object.entries(runs).map(([name, of]) => {
      const { rate, slowest, fastest } = summarise(of, results.bytes);
      return { name, value: rate, low: slowest, high: fastest };
    });
    pictures[`performance-${target.replaceAll(" ", "-")}.svg`] = barPlot(
      `MB/s to ${target}: median, and range over ${results.rounds} rounds`,
      bars,
    );
  }
  return pictures;
}

interface Bar {
  name: string;
  value: number;
  low: number;
  high: number;
}

function barPlot(title: string, bars: Bar[]): string {
  const most = Math.max(...bars.map(({ high }) => high));
  const x = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - 70);
  const rows = bars.map(({ name, value, low, high }, index) => {
    const y = 50 + index * 34;
    return [
      text(LEFT - 10, y + 16, name, "end"),
      `<rect x="${LEFT}" y="${y}" width="${fixed(x(value) - LEFT)}" height="22" fill="${name === PIPELINE ? COLOURS[0] : COLOURS[1]}"/>`,
      `<path d="M${fixed(x(low))} ${y + 11}H${fixed(x(high))}" stroke="#212529" stroke-width="2"/>`,
      text(x(high) + 8, y + 16, value.toFixed(0)),
    ].join("\n");
  });
  return svg(60 + bars.length * 34, title, rows);
}

function rangesPlot({ ranges }: Results): string {
  const measured = ranges.map(({ readers, bytes, runs }) => ({
    x: readers,
    y: summarise(runs, bytes).rate,
  }));
  const cap = measured.map(({ x }) => ({ x, y: (x * PACED_BYTES_PER_SECOND) / 1e6 }));
  return linePlot("MB/s by the number of ranges, 50 MB/s each at most", "ranges", [
    { name: PIPELINE, points: measured },
    { name: "N x cap", points: cap },
  ]);
}

function memoryPlot({ sizes }: Results): string {
  const lines = [PIPELINE, GO].map((name) => ({
    name,
    points: sizes.map(({ bytes, runs }) => ({
      x: bytes / 1024 ** 3,
      y: (runs[name]?.peakBytes ?? 0) / 1024 ** 2,
    })),
  }));
  return linePlot("Peak memory (MiB) by the size of the file", "GiB", lines);
}

interface Line {
  name: string;
  points: { x: number; y: number }[];
}

function linePlot(title: string, unit: string, lines: Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const [right, top] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  const x = (value: number) => 60 + (value / right) * (WIDTH - 260);
  const y = (value: number) => 270 - (value / top) * 210;
  const drawn = lines.flatMap(({ name, points: of }, index) => {
    const colour = COLOURS[index] ?? "#212529";
    const last = of.at(-1) ?? { x: 0, y: 0 };
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${of.map((point) => `${fixed(x(point.x))},${fixed(y(point.y))}`).join(" ")}"/>`,
      ...of.map(
        (point) => `<circle cx="${fixed(x(point.x))}" cy="${fixed(y(point.y))}" r="3" fill="${colour}"/>`,
      ),
      text(x(last.x) + 10, y(last.y) + 4 + index * 14, `${name}: ${last.y.toFixed(0)}`),
    ];
  });
  const ticks = (lines[0]?.points ?? []).map((point) => text(x(point.x), 290, `${point.x}`, "middle"));
  const axis = `<path d="M60 50V270H${WIDTH - 190}" fill="none" stroke="#adb5bd"/>`;
  return svg(310, title, [axis, ...ticks, text(x(right) + 20, 290, unit), ...drawn]);
}

function svg(height: number, title: string, content: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img">
<title>${title}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(16, 26, title)}
${content.join("\n")}
</svg>
`;
}

function text(x: number, y: number, words: string, anchor = "start"): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="#212529">${words}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
