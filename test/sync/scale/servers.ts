import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Manifest } from "../../../functions/catalog/manifest.ts";
import { startVcenter } from "../../../simulators/vcenter/index.ts";

/**
 * A vCenter with a large library and an S3 that holds its mirror, in a process of their own, so that the memory that
 * is measured is that of the functions. Every answer takes `latencyMilliseconds` longer.
 */
const [items = 0, filesPerItem = 0, latencyMilliseconds = 0] = process.argv.slice(2).map(Number);
const LIBRARY_ID = "library-1";
const DESCRIPTOR = '<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"><References/></Envelope>';

const objects = new Map<string, string>();
let sorted: string[] | undefined;
const names = Array.from({ length: items }, (_, number) => `template-${String(number).padStart(5, "0")}`);
const fileNames = (item: string) =>
  Array.from({ length: filesPerItem }, (_, file) =>
    file === 0 ? `${item}.ovf` : `${item}-disk-${file}.vmdk`,
  );

for (const name of names) {
  const folder = `Golden/${name}/`;
  const files = fileNames(name).map((file) => ({
    name: file,
    key: folder + file,
    versionId: null,
    etag: `"${file}"`,
    size: DESCRIPTOR.length,
    checksum: { algorithm: "SHA256", value: "0".repeat(64), source: "session" as const },
    fileVersion: "1",
    contentVersion: "1",
    recordedAt: "2026-01-01T00:00:00.000Z",
  }));
  for (const { key } of files) objects.set(key, DESCRIPTOR);
  const manifest: Manifest = {
    format: "library-export/1",
    vcenter: "lab",
    libraryItemId: `id-${name}`,
    library: { id: LIBRARY_ID, name: "Golden" },
    item: { name, type: "ovf" },
    contentVersion: "1",
    updatedAt: "2026-01-01T00:00:00.000Z",
    files,
  };
  objects.set(`${folder}.export.json`, JSON.stringify(manifest));
}

const vcenter = await startVcenter({
  libraries: [
    {
      id: LIBRARY_ID,
      name: "Golden",
      items: names.map((name) => ({
        id: `id-${name}`,
        name,
        type: "ovf",
        files: fileNames(name).map((file) => ({ name: file, content: Buffer.from("x") })),
      })),
    },
  ],
  behaviour: {
    faults: [{ on: "any", times: Number.POSITIVE_INFINITY, delayMilliseconds: latencyMilliseconds }],
  },
});

const s3 = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  await delay(latencyMilliseconds);
  answer(
    new URL(request.url ?? "/", "http://s3.invalid"),
    request.method ?? "",
    Buffer.concat(chunks),
    response,
  );
});
s3.listen(0, "127.0.0.1");
await once(s3, "listening");
const address = s3.address();
if (address === null || typeof address === "string") throw new Error("the server has no port");
const { url, username, password, certificate } = vcenter;
process.send?.({
  vcenter: { url, username, password, caBundle: certificate },
  s3: `http://127.0.0.1:${address.port}`,
});
process.on("message", (message) => {
  if (message === "copy") {
    const pages = [...objects].filter(([key]) => key.startsWith(".library-export/syncs/first/"));
    for (const [key, text] of pages) objects.set(key.replace("/first/", "/second/"), text);
    process.send?.("copied");
    return;
  }
  const calls = Map.groupBy(vcenter.requests, ({ operation }) => operation ?? "");
  process.send?.(Object.fromEntries([...calls].map(([operation, made]) => [operation, made.length])));
});

/** The few operations of S3 that a sync without exports needs. */
function answer(
  { pathname, searchParams }: URL,
  method: string,
  body: Buffer,
  response: ServerResponse,
): void {
  const key = decodeURIComponent(pathname.slice("/mirror/".length));
  if (method === "GET" && searchParams.has("list-type")) {
    list(searchParams, response);
    return;
  }
  if (method === "PUT") objects.set(key, body.toString());
  else if (method === "DELETE") objects.delete(key);
  const found = key === "" ? "" : objects.get(key);
  if (method !== "DELETE" && found === undefined) response.statusCode = 404;
  response.setHeader("etag", `"${key.split("/").at(-1)}"`);
  response.end(method === "GET" ? found : undefined);
}

function list(query: URLSearchParams, response: ServerResponse): void {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  sorted ??= [...objects.keys()].sort();
  const rest = (prefix === "Golden/" ? sorted : [...objects.keys()]).filter(
    (key) => key.startsWith(prefix) && key > after,
  );
  const page = rest.slice(0, 1000);
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><ETag>"${key.split("/").at(-1)}"</ETag></Contents>`,
  );
  const isTruncated = rest.length > page.length;
  const token = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  response.end(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`,
  );
}
