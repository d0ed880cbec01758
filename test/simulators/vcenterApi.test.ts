import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { startVcenter } from "../../simulators/vcenter/index.ts";
import { RawClient } from "./rawClient.ts";

const hello = Buffer.from("hello, library");
const libraries = [
  {
    name: "images",
    items: [{ name: "greeting", type: "other", files: [{ name: "hello.txt", content: hello }] }],
  },
];

test("a file goes from log-in to its checksum by /api", async () => {
  await using simulator = await startVcenter({ libraries });
  await using client = new RawClient(simulator);
  expect((await client.logIn()).status).toBe(201);

  const item = simulator.itemId("greeting");
  const created = await client.send("POST", "/api/content/library/item/download-session", {
    library_item_id: item,
  });
  expect(created.status).toBe(201);
  const session = `/api/content/library/item/download-session/${created.json}`;
  expect((await client.send("GET", session)).json).toMatchObject({
    library_item_id: item,
    library_item_content_version: "1",
    state: "ACTIVE",
    client_progress: 0,
  });

  const prepared = await client.send("POST", `${session}/file?action=prepare`, { file_name: "hello.txt" });
  expect(prepared.json).toEqual({
    name: "hello.txt",
    status: "PREPARED",
    bytes_transferred: 0,
    download_endpoint: {
      uri: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/cls\/data\/[0-9a-f]{32}\/hello\.txt$/),
      ssl_certificate_thumbprint: simulator.thumbprint,
    },
  });
  const { uri } = (prepared.json as { download_endpoint: { uri: string } }).download_endpoint;
  expect((await client.send("GET", uri)).bytes).toEqual(hello);

  expect((await client.send("GET", `${session}/file?file_name=hello.txt`)).json).toMatchObject({
    size: hello.length,
    bytes_transferred: hello.length,
    checksum_info: { algorithm: "SHA256", checksum: createHash("SHA256").update(hello).digest("hex") },
  });
  expect((await client.send("DELETE", session)).status).toBe(204);
  expect((await client.send("GET", session)).status).toBe(404);
  expect((await client.send("DELETE", "/api/session")).status).toBe(204);
  expect(simulator.openDownloadSessions()).toEqual([]);
  expect(simulator.openLogins()).toEqual([]);
});
