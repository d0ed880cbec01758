import { expect, test } from "vitest";
import { parseSize } from "../../cli/size.ts";
import { formatSize } from "../../local/display/size.ts";

test.each([
  ["67108864", 67_108_864],
  ["64MiB", 67_108_864],
  ["64 mib", 67_108_864],
  ["64M", 67_108_864],
  ["64MB", 64_000_000],
  ["5GiB", 5_368_709_120],
])("the size %s is %i bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  "",
  "MiB",
  "-5MiB",
  "1.5GiB",
  "64Mi",
  "64 MiB each",
  "9007199254740993",
  "9007199254740991K",
])("%j is no size", (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "0.98 KiB"],
  [1_048_576, "1.00 MiB"],
  [104_857_600, "100 MiB"],
  [96_636_764_160, "90.0 GiB"],
])("%i bytes are shown as %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
