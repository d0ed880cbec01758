/** Name of the file that a function is called for; undefined where that is the item. */
export function fileNameOf(event: unknown): unknown {
  if (typeof event !== "object" || event === null || !("file" in event)) return undefined;
  const { file } = event;
  return typeof file === "object" && file !== null && "name" in file ? file.name : undefined;
}
