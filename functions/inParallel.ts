/** Like Promise.all over `items.map(work)`, with at most `limit` at a time; the results keep the items' order. */
export async function inParallel<Item, Result>(
  limit: number,
  items: Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  async function worker() {
    for (const [index, item] of queue) results[index] = await work(item, index);
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/**
 * Does `work` for every item, at most `limit` at a time. No more is asked of the source than is worked at, so that a
 * long one never is in memory as a whole.
 */
export async function forEachInParallel<Item>(
  limit: number,
  source: AsyncGenerator<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  async function worker() {
    for await (const item of source) await work(item);
  }
  await Promise.all(Array.from({ length: limit }, worker));
}
