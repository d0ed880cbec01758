import { once } from "node:events";
import { createServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { Agent, request } from "undici";
import { onTestFinished } from "vitest";
import { makeIdentity } from "../vsphere/certificates.ts";

/** An answer as a subscribing vCenter gets it: a plain GET, no signature. */
export interface Fetched {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

/**
 * Puts a bucket behind HTTPS as CloudFront does, and returns what fetches from there, by URLs that are resolved
 * against that of lib.json. Everything is closed when the test is finished.
 */
export async function openSubscription(
  s3: S3Client,
  bucket: string,
  libraryKey: string,
): Promise<(href: string) => Promise<Fetched>> {
  const { key, certificate } = await makeIdentity();
  const server = createServer({ key, cert: certificate }, async (incoming, outgoing) => {
    const objectKey = decodeURIComponent((incoming.url ?? "").slice(1));
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey }));
      outgoing.setHeader("content-type", object.ContentType ?? "");
      outgoing.end(await object.Body?.transformToByteArray());
    } catch (error) {
      outgoing.writeHead(error instanceof NoSuchKey ? 404 : 500).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const agent = new Agent({ connect: { ca: certificate } });
  onTestFinished(async () => {
    await agent.close();
    server.close();
  });
  const path = libraryKey.split("/").map(encodeURIComponent).join("/");
  const base = `https://127.0.0.1:${address.port}/${path}`;
  return async (href) => {
    const answer = await request(new URL(href, base), { dispatcher: agent });
    const type = answer.headers["content-type"];
    return {
      status: answer.statusCode,
      contentType: typeof type === "string" ? type : undefined,
      body: await buffer(answer.body),
    };
  };
}
