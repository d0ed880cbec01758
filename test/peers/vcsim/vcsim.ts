import { randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../../../simulators/vcenter/certificate.ts";
import { goProgram } from "../install/go.ts";
import { run } from "../install/run.ts";
import { freePort, startPeer } from "../peerProcess.ts";
import { PEERS } from "../peers.ts";

export interface Vcsim {
  url: string;
  username: string;
  password: string;
  /** PEM of the certificate that signs for itself, and the file that holds it. */
  certificate: string;
  certificateFile: string;
  /** SHA-256, `AA:BB:..`. */
  thumbprint: string;
  /** A folder that is gone when vcsim is closed. */
  directory: string;
  /** Runs govc against it, and returns what it printed. */
  govc(...words: string[]): Promise<string>;
  /** Ids of the download sessions that are open. */
  openDownloadSessions(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts vcsim with an inventory of its own and no library. */
export async function startVcsim(): Promise<Vcsim> {
  const directory = await mkdtemp(join(tmpdir(), "vcsim-"));
  const { key, certificate } = await makeCertificate(`vcsim ${randomUUID()}`);
  const [certificateFile, keyFile] = [join(directory, "certificate.pem"), join(directory, "key.pem")];
  await Promise.all([
    writeFile(certificateFile, certificate),
    writeFile(keyFile, key),
    mkdir(join(directory, "home")),
  ]);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `https://${address}`;
  // It refuses a user name with an "@".
  const [username, password] = ["reader", randomBytes(12).toString("hex")];
  const govc = (...words: string[]) =>
    run(goProgram("govc", PEERS.vcsim.go.govc), words, {
      environment: {
        GOVC_URL: url,
        GOVC_USERNAME: username,
        GOVC_PASSWORD: password,
        GOVC_TLS_CA_CERTS: certificateFile,
        GOVC_PERSIST_SESSION: "false",
        HOME: join(directory, "home"),
      },
    });
  const vcsim = await startPeer(
    goProgram("vcsim", PEERS.vcsim.go.vcsim),
    [
      "-l",
      address,
      "-username",
      username,
      "-password",
      password,
      "-tlscert",
      certificateFile,
      "-tlskey",
      keyFile,
    ],
    { ready: () => answers(url, certificate) },
  );
  return {
    url,
    username,
    password,
    certificate,
    certificateFile,
    thumbprint: new X509Certificate(certificate).fingerprint256,
    directory,
    govc,
    async openDownloadSessions() {
      const rows = (await govc("library.session.ls")).split("\n");
      return rows.filter((row) => / Download /.test(row)).map((row) => row.split(" ", 1).join(""));
    },
    async close() {
      await vcsim.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function answers(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(`${url}/about`, { ca, agent: false }, (response) => {
      response.resume();
      resolve(true);
    }).on("error", reject);
  });
}
