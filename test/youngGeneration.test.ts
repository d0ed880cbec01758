import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const ALLOCATING = `
  const { getHeapSpaceStatistics } = await import("node:v8");
  const kept = [];
  for (let count = 0; count < 3_000_000; count += 1) kept[count % 50_000] = { count, list: [count] };
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  console.log(space.physical_space_size);
`;
const module = new URL("../functions/youngGeneration.ts", import.meta.url).href;

test("a process that makes and drops many objects does not take more memory for them than at its start", () => {
  const bounded = newSpaceOf(`(await import("${module}")).keepYoungGenerationSmall();${ALLOCATING}`);
  // Both of its halves, and a page or two for objects on their way from one to the other.
  expect(bounded).toBeLessThan(4 * 1024 ** 2);
  expect(newSpaceOf(ALLOCATING)).toBeGreaterThan(2 * bounded);
});

function newSpaceOf(program: string): number {
  return Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }),
  );
}
