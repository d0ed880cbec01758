import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";

export interface CountingS3 extends AsyncDisposable {
  client: S3Client;
  /** The ranges that were copied, by part number. */
  copied: Map<number, string>;
  /** The objects that were copied from, as the requests name them. */
  sources: Set<string>;
  /** `METHOD operation` of every request, in order. */
  requests: string[];
  /** Answers in place of the copy of that part, when it returns a status. */
  onCopy: (partNumber: number) => number | undefined;
  /** The upload asked for does not exist; another is opened. */
  uploadGone: boolean;
  /** Bytes of the staging object. */
  stagedBytes: number | undefined;
  /** Part numbers of the completed upload. */
  completed: number[] | undefined;
}

/** An S3 that keeps no byte, only what was asked of it: for objects too large to be made. */
export async function startCountingS3(): Promise<CountingS3> {
  const copied = new Map<number, string>();
  const sources = new Set<string>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? "", "http://localhost");
    const part = Number(url.searchParams.get("partNumber"));
    const answer = (operation: string, xml = "", status = 200) => {
      requests.push(`${request.method} ${operation}`);
      response.writeHead(status, { "content-type": "application/xml" }).end(xml);
    };
    if (request.method === "HEAD" && url.pathname.includes("/staging/") && s3.stagedBytes !== undefined) {
      requests.push("HEAD staged");
      return response.writeHead(200, { "content-length": s3.stagedBytes }).end();
    }
    if (request.method === "POST" && url.searchParams.has("uploads")) {
      s3.uploadGone = false;
      return answer(
        "create",
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
      );
    }
    if (part > 0) {
      const status = s3.onCopy(part);
      if (status !== undefined)
        return answer(
          "copy",
          `<Error><Code>${status < 500 ? "AccessDenied" : "InternalError"}</Code></Error>`,
          status,
        );
      sources.add(String(request.headers["x-amz-copy-source"]));
      copied.set(part, String(request.headers["x-amz-copy-source-range"]));
      return answer("copy", `<CopyPartResult><ETag>"${part}"</ETag></CopyPartResult>`);
    }
    if (request.method === "GET" && !s3.completed && !s3.uploadGone) {
      const parts = [...copied.keys()].map(
        (number) => `<Part><PartNumber>${number}</PartNumber><ETag>"${number}"</ETag></Part>`,
      );
      return answer("list", `<ListPartsResult>${parts.join("")}</ListPartsResult>`);
    }
    if (request.method === "POST") {
      const body = Buffer.concat(chunks).toString();
      s3.completed = [...body.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
      return answer(
        "complete",
        '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>',
      );
    }
    if (request.method === "DELETE")
      return answer(url.searchParams.has("uploadId") ? "abort" : "delete", "", 204);
    return answer("unknown", "<Error><Code>NoSuchUpload</Code></Error>", 404);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const client = createS3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "nobody", secretAccessKey: crypto.randomUUID() },
  });
  const s3: CountingS3 = {
    client,
    copied,
    sources,
    requests,
    onCopy: () => undefined,
    uploadGone: false,
    stagedBytes: undefined,
    completed: undefined,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}
