import { expect, test } from "vitest";
import { openApi } from "../../../docs/pages/openapi.ts";
import { ApiScene } from "../../api/scene.ts";
import { schemathesis } from "./schemathesis.ts";

/** What the description's example names. */
const libraries = [
  {
    name: "Golden Images",
    items: [
      { name: "ubuntu-24.04", type: "other", files: [{ name: "disk.img", content: Buffer.from("disk") }] },
    ],
  },
];

test("the API does what its description says, whatever is asked of it", async () => {
  await using scene = await ApiScene.open("in this process", { libraries });
  // API Gateway authorises; on this machine nobody does.
  const description = { ...openApi("0"), security: [] };
  const { exitCode, output } = await schemathesis(description, scene.url, { maxExamples: 100 });
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/Tested: 8$/m);
  expect(output).toMatch(/\d{3,} generated, \d{3,} passed/);
  for (const path of ["exports", "syncs"]) {
    const { body } = await scene.get(`/${path}?state=SUCCEEDED&limit=1`);
    expect(body[path]).toHaveLength(1);
  }
  expect(scene.warnings).toEqual([]);
}, 300_000);
