import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { request } from "undici";

/** The pipeline's job as one would write it with @aws-sdk/lib-storage: a stream, hashed on its way into `Upload`. */
const { SOURCE_URL = "", SHA1, S3_URL = "", S3_BUCKET, S3_KEY } = process.env;
const hash = createHash("sha1");
const hashing = new Transform({
  transform(chunk: Buffer, _encoding, done) {
    hash.update(chunk);
    done(null, chunk);
  },
});
const { body } = await request(SOURCE_URL);
const client = new S3Client({ endpoint: S3_URL, forcePathStyle: true });
await new Upload({
  client,
  params: { Bucket: S3_BUCKET, Key: S3_KEY, Body: body.pipe(hashing) },
  partSize: 8 * 1024 ** 2,
  queueSize: 4,
}).done();
client.destroy();
if (hash.digest("hex") !== SHA1) throw new Error("The file's SHA-1 is another");
process.exit();
