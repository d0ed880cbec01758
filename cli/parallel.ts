/** Few, because vCenter serves other users as well. */
const AT_ONCE = 4;

/** Calls `act` for every element, a few at once, and keeps the order. The first failure ends it. */
export async function inParallel<In, Out>(
  elements: In[],
  act: (element: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = new Array(elements.length);
  const queue = elements.entries();
  async function work(): Promise<void> {
    for (const [index, element] of queue) results[index] = await act(element);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
