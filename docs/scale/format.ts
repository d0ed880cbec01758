export const MB = 1e6;
export const GB = 1e9;
export const TB = 1e12;

/** A row of a table in Markdown. */
export function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

export function count(number: number): string {
  return number.toLocaleString("en-US");
}

export function size(bytes: number): string {
  const [unit, name] = bytes >= TB ? [TB, "TB"] : bytes >= GB ? [GB, "GB"] : [MB, "MB"];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}
