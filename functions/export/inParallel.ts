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
