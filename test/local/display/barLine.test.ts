import { expect, test } from "vitest";
import { barLine } from "../../../local/display/barLine.ts";
import { Speed } from "../../../local/display/speed.ts";

const MIB = 1024 * 1024;
const file = { name: "disk.vmdk", phase: "TRANSFERRING" as const, bytes: 32 * MIB, totalBytes: 128 * MIB };
const plain = (_colour: string, text: string) => text;

test("a bar is as full as the file has come, with its speed of the last seconds", () => {
  const speed = new Speed();
  speed.add(0, 0);
  speed.add(2000, 32 * MIB);
  expect(barLine({ ...file, speed }, plain)).toBe(
    `${"█".repeat(6)}${"░".repeat(18)}  25%  32.0 MiB  16.0 MiB/s  disk.vmdk`,
  );
});

test("a file whose total is not known has its bytes, and neither bar nor percentage", () => {
  expect(barLine({ ...file, totalBytes: undefined, speed: new Speed() }, plain)).toMatch(
    /^░{24} {7}32\.0 MiB {14}disk\.vmdk$/,
  );
});

test("a speed forgets what is long past, and a file that starts anew", () => {
  const speed = new Speed();
  speed.add(0, 0);
  for (let second = 10; second <= 16; second++) speed.add(second * 1000, (second - 10) * MIB);
  expect(speed.bytesPerSecond()).toBe(MIB);
  speed.add(17_000, 0);
  expect(speed.bytesPerSecond()).toBeUndefined();
});
