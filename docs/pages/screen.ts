import { Writable } from "node:stream";
import headless from "@xterm/headless";

/** A cell of a screen. Colours are those of the sixteen that every terminal has, by their numbers. */
export interface Cell {
  characters: string;
  /** Undefined: the terminal's own. */
  colour: number | undefined;
  dim: boolean;
  bold: boolean;
}

/** A terminal that can be looked at: what is written to it is interpreted by xterm.js. */
export class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  readonly #terminal: InstanceType<typeof headless.Terminal>;

  constructor({ columns, rows }: { columns: number; rows: number }) {
    super();
    this.columns = columns;
    this.rows = rows;
    // A terminal's driver makes "\r\n" of "\n".
    const options = { cols: columns, rows, convertEol: true, allowProposedApi: true };
    this.#terminal = new headless.Terminal(options);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#terminal.write(chunk, done);
  }

  /** Resolves when all that was written so far is on the screen. */
  async drawn(): Promise<void> {
    await new Promise<void>((resolve) => this.write("", () => resolve()));
  }

  /** From top to bottom, without blanks at the ends of lines and without empty lines at the end. */
  lines(): string[] {
    const text = this.cells().map((cells) =>
      cells
        .map(({ characters }) => characters)
        .join("")
        .trimEnd(),
    );
    return text.slice(0, text.findLastIndex((line) => line !== "") + 1);
  }

  cells(): Cell[][] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.rows }, (_row, y) => {
      const line = active.getLine(active.viewportY + y);
      return Array.from({ length: this.columns }, (_column, x) => {
        const cell = line?.getCell(x);
        return {
          characters: cell?.getChars() || " ",
          colour: cell?.isFgPalette() ? cell.getFgColor() : undefined,
          dim: Boolean(cell?.isDim()),
          bold: Boolean(cell?.isBold()),
        };
      });
    });
  }
}
