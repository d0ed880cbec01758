import { describe, expect, test } from "vitest";
import { compileGlob } from "../../functions/export/glob.ts";

const NAMES = [
  "disk-0.vmdk",
  "disk-1.vmdk",
  "disk-10.vmdk",
  "ubuntu.ovf",
  ".hidden",
  "disk[1].vmdk",
  "a/b.iso",
];

describe("a glob", () => {
  test.each([
    { glob: "*.vmdk", matches: ["disk-0.vmdk", "disk-1.vmdk", "disk-10.vmdk", "disk[1].vmdk"] },
    { glob: "disk-?.*", matches: ["disk-0.vmdk", "disk-1.vmdk"] },
    { glob: "*.{ovf,iso}", matches: ["ubuntu.ovf"] },
    { glob: "**.iso", matches: ["a/b.iso"] },
    { glob: "*hidden", matches: [".hidden"] },
    { glob: "disk-[1-9]*", matches: ["disk-1.vmdk", "disk-10.vmdk"] },
    { glob: "disk-[!1-9]*", matches: ["disk-0.vmdk"] },
    { glob: "disk-{0..1}.vmdk", matches: ["disk-0.vmdk", "disk-1.vmdk"] },
    { glob: "disk{-{0,10},\\[*}.vmdk", matches: ["disk-0.vmdk", "disk-10.vmdk", "disk[1].vmdk"] },
    { glob: "!*.vmdk", matches: ["ubuntu.ovf", ".hidden", "a/b.iso"] },
    { glob: "disk[[]1].vmdk", matches: ["disk[1].vmdk"] },
    { glob: "disk-0.vmdk", matches: ["disk-0.vmdk"] },
    { glob: "", matches: [] },
  ])("$glob matches $matches", ({ glob, matches }) => {
    expect(NAMES.filter(compileGlob(glob))).toEqual(matches);
  });

  test.each([
    "disk[1",
    "a{b",
    "a{b,c",
    "a}b",
    "a,b",
    "a\\",
    "!",
    "{}",
    "{a}",
    "[",
    "{a{b,c}",
  ])("that is not closed, such as %s, stands for itself", (glob) => {
    const itself = glob === "{a{b,c}" ? "{ab" : glob;
    expect(compileGlob(glob)(itself)).toBe(true);
  });

  test("with many stars does not try every way of placing them", () => {
    expect(compileGlob("*a".repeat(60))(`${"a".repeat(255)}b`)).toBe(false);
  });
});
