import { createHash, randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { freePort, startPeer } from "../peers/peerProcess.ts";
import type { Programs } from "./programs.ts";

const MiB = 1024 ** 2;

/** A file behind nginx over TLS. */
export interface BenchFile {
  url: string;
  /** The same file over connections that send no faster than `PACED_BYTES_PER_SECOND`. */
  pacedUrl: string;
  /** On this machine. */
  path: string;
  bytes: number;
  /** Hexadecimal. */
  sha1: string;
}

export interface BenchSource {
  /** PEM, of the server. */
  certificate: string;
  /** Makes a file and serves it in place of the one before. */
  serve(bytes: number): Promise<BenchFile>;
  close(): Promise<void>;
}

export const PACED_BYTES_PER_SECOND = 50_000_000;

export async function startSource({ nginx, go }: Programs, directory: string): Promise<BenchSource> {
  const path = join(directory, "disk.vmdk");
  const { key, certificate } = await makeCertificate("nginx");
  await Promise.all([
    writeFile(join(directory, "source.pem"), certificate),
    writeFile(join(directory, "source.key"), key),
  ]);
  const start = async (paced: (address: string) => string[]) => {
    const address = `127.0.0.1:${await freePort()}`;
    const configuration = join(directory, `nginx-${address.split(":")[1]}.conf`);
    await writeFile(configuration, nginxConfiguration(directory, address));
    const [program = nginx, ...rest] = [...paced(address), nginx];
    const server = await startPeer(program, [...rest, "-p", directory, "-c", configuration], {
      ready: async () => (await readFile(`${configuration}.pid`, "utf8")) !== "",
    });
    return { url: `https://${address}/disk.vmdk`, stop: server.stop };
  };
  const fast = await start(() => []);
  const rate = String(PACED_BYTES_PER_SECOND);
  const paced = await start((address) => [go("paced"), address, rate]).catch(async (error: unknown) => {
    await fast.stop();
    throw error;
  });
  return {
    certificate,
    serve: async (bytes) => ({
      ...{ url: fast.url, pacedUrl: paced.url, path, bytes },
      sha1: await makeFile(path, bytes),
    }),
    async close() {
      await Promise.all([fast.stop(), paced.stop()]);
    },
  };
}

/** Bytes that no two parts share, made of one random MiB that is numbered and written again. */
async function makeFile(path: string, bytes: number): Promise<string> {
  const hash = createHash("sha1");
  const block = randomBytes(MiB);
  await using file = await open(path, "w");
  for (let offset = 0; offset < bytes; offset += MiB) {
    block.writeBigUInt64BE(BigInt(offset), 0);
    const piece = block.subarray(0, Math.min(MiB, bytes - offset));
    hash.update(piece);
    await file.write(piece);
  }
  return hash.digest("hex");
}

function nginxConfiguration(directory: string, address: string): string {
  const port = address.split(":")[1];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${directory}/nginx-temp;`,
  );
  return `daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
error_log stderr;
pid ${directory}/nginx-${port}.conf.pid;
events {}
http {
  access_log off;
  sendfile on;
  ${temporary.join("\n  ")}
  server {
    listen ${address} ssl;
    ssl_certificate ${directory}/source.pem;
    ssl_certificate_key ${directory}/source.key;
    root ${directory};
  }
}
`;
}
