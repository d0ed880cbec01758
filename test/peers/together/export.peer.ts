import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Outcome, runCommand } from "../../cli/command.ts";
import { ISO_IMAGES } from "../vcsim/images.ts";
import { startVcsim, type Vcsim } from "../vcsim/vcsim.ts";
import { REGION, startVersitygw, type Versitygw } from "../versitygw/versitygw.ts";

const IMAGE = ISO_IMAGES.memtest;
const KEY = `images/memtest86+x64/${basename(IMAGE)}`;

describe("vcsim and versitygw", () => {
  let vcsim: Vcsim;
  let gateway: Versitygw;
  let authorities: string;

  beforeAll(async () => {
    [vcsim, gateway] = await Promise.all([startVcsim(), startVersitygw("https")]);
    authorities = join(vcsim.directory, "authorities.pem");
    await writeFile(authorities, gateway.certificate);
    await vcsim.govc("library.create", "-ds", "LocalDS_0", "images");
    await vcsim.govc("library.import", "images", IMAGE);
  });
  afterAll(async () => {
    await vcsim?.close();
    await gateway?.close();
  });

  function exportTo(bucket: string, ...words: string[]): Promise<Outcome> {
    const where = [`s3://${bucket}`, "--s3-endpoint", gateway.url, "--part-size", "5MiB"];
    return runCommand(["run", "images/memtest86+x64", ...where, "--thumbprint", vcsim.thumbprint, ...words], {
      GOVC_URL: vcsim.url,
      GOVC_USERNAME: vcsim.username,
      LIBRARY_EXPORT_PASSWORD: vcsim.password,
      AWS_ACCESS_KEY_ID: gateway.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: gateway.credentials.secretAccessKey,
      AWS_REGION: REGION,
      NODE_EXTRA_CA_CERTS: authorities,
    });
  }

  async function left(bucket: string): Promise<unknown> {
    const client = gateway.client();
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    client.destroy();
    const objects = Contents.map(({ Key }) => Key);
    return { objects, uploads: Uploads.length, sessions: await vcsim.openDownloadSessions() };
  }

  describe("library-export run from one to the other", () => {
    test("moves an image over TLS on both sides, with its checksum as metadata", async () => {
      const bucket = await gateway.newBucket();
      const { exitCode, stderr } = await exportTo(bucket);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const client = gateway.client();
      const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: KEY }));
      const [bytes, original] = [await Body?.transformToByteArray(), await readFile(IMAGE)];
      client.destroy();
      expect(bytes !== undefined && original.equals(bytes)).toBe(true);
      expect(Metadata).toMatchObject({
        "checksum-algorithm": "SHA256",
        checksum: createHash("sha256").update(original).digest("hex"),
        "source-file": basename(IMAGE),
      });
      expect(await left(bucket)).toEqual({
        objects: ["images/memtest86+x64/.export.json", KEY],
        uploads: 0,
        sessions: [],
      });
    });

    test("leaves nothing on either side when it fails", async () => {
      const bucket = await gateway.newBucket();
      const { exitCode, stderr } = await exportTo(bucket, "--require-checksum");
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^ChecksumRequired: /);
      expect(await left(bucket)).toEqual({ objects: [], uploads: 0, sessions: [] });
    });

    test("finds the file unchanged the second time, as the manifest tells", async () => {
      const bucket = await gateway.newBucket();
      await exportTo(bucket);
      const { exitCode, stdout } = await exportTo(bucket);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^memtest86\+x64\.iso +unchanged/m);
    });
  });
});
