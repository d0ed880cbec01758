import { expect, test } from "vitest";
import { BUCKET } from "../workflow/harness.ts";
import { ovfItem, plainItem, startSyncWorkflow } from "./harness.ts";
import { openSubscription } from "./subscriber.ts";

interface Item {
  name: string;
  type: string;
  selfHref: string;
  version: string;
  files: { name: string; size: number; hrefs: string[] }[];
}

test("a subscriber finds by HTTPS every file of every item, byte by byte as vCenter has it", async () => {
  const iso = { name: "50% off #1 + ü.iso", content: Buffer.from("an image") };
  await using workflow = await startSyncWorkflow([
    ovfItem("web server", ["disk 0.vmdk", "disk-1.vmdk"]),
    { name: "a/b: rescue?", type: "iso", files: [iso] },
    plainItem("scripts"),
    { name: "template", type: "vm-template", files: [] },
  ]);
  const { report } = await workflow.sync({ destination: { prefix: "mirror of/lab" } });
  expect(report.index).toEqual({ bucket: BUCKET, key: "mirror of/lab/Golden/lib.json" });

  const subscribe = await openSubscription(workflow.s3Client, BUCKET, report.index?.key ?? "");
  async function json(href: string) {
    const { status, contentType, body } = await subscribe(href);
    expect({ href, status, contentType }).toEqual({ href, status: 200, contentType: "application/json" });
    return JSON.parse(body.toString());
  }
  const library = await json("lib.json");
  const { items }: { items: Item[] } = await json(library.itemsHref);
  expect(Object.fromEntries(items.map(({ name, type }) => [name, type]))).toEqual({
    "web server": "vcsp.ovf",
    "a/b: rescue?": "vcsp.iso",
    scripts: "vcsp.other",
  });

  const received: Record<string, string> = {};
  for (const item of items) {
    expect(await json(item.selfHref)).toEqual(item);
    for (const { name, size, hrefs } of item.files) {
      for (const href of hrefs) {
        const { status, body } = await subscribe(href);
        expect({ href, status, size: body.length }).toEqual({ href, status: 200, size });
        received[`${item.name}/${name}`] = body.toString();
      }
    }
  }
  expect(received).toMatchObject({
    "web server/disk 0.vmdk": "web server disk 0.vmdk",
    "web server/disk-1.vmdk": "web server disk-1.vmdk",
    "a/b: rescue?/50% off #1 + ü.iso": "an image",
    "scripts/scripts.bin": "scripts",
  });
  expect(Object.keys(received)).toHaveLength(5);
});

test("an item that could not be exported as a whole is not offered to subscribers until it is", async () => {
  const files = ["one.bin", "two.bin"].map((name) => ({ name, content: Buffer.from(name) }));
  await using workflow = await startSyncWorkflow([{ name: "pair", type: "other", files }]);
  const { vcenter } = workflow;
  const offered = async (): Promise<string[]> => {
    // What the sync has written.
    const { items } = (await workflow.json("Golden/items.json")) as { items: Item[] };
    return items.map(({ name, version }) => `${name} ${version}`);
  };
  await workflow.sync();
  expect(await offered()).toEqual(["pair 1"]);

  for (const { name } of files) {
    await vcenter.replaceFile(vcenter.itemId("pair"), { name, content: Buffer.from(`new ${name}`) });
  }
  vcenter.behaviour.wrongSessionChecksums = ["two.bin"];
  expect((await workflow.sync()).items.pair).toMatchObject({ status: "FAILED", filesMoved: 1 });
  expect(await offered()).toEqual([]);

  vcenter.behaviour.wrongSessionChecksums = [];
  expect((await workflow.sync()).items.pair).toMatchObject({ status: "EXPORTED", filesMoved: 1 });
  expect(await offered()).toEqual(["pair 3"]);
});
