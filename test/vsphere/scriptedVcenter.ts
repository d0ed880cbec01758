import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { VcenterProfile } from "../../functions/config.ts";

/** A request as it came over the wire. */
export interface Received {
  /** `POST /rest/com/vmware/...`, exactly as sent. */
  line: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * What to answer, and when: `reset` cuts the connection instead, `hang` never answers, and `wire` is sent as it is
 * before the connection ends.
 */
export interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  after?: Promise<unknown>;
  reset?: true;
  hang?: true;
  wire?: { bytes: string; end: "reset" | "close" };
}

export interface ScriptedVcenter extends AsyncDisposable {
  /** Every request, log-ins and log-outs included. */
  received: Received[];
  /** Requests besides log-in and log-out. */
  calls(): Received[];
  logIns(): Received[];
  logOuts(): Received[];
  /** Answers to the calls, in turn; the last one stays. */
  answers: Scripted[];
  /** Answers to log-ins, in turn, before the usual one. */
  logInAnswers: Scripted[];
  /** The same to log-outs. */
  logOutAnswers: Scripted[];
  /** Profile of this server; TLS is trusted through the bundle only if the test says so. */
  profile(change?: Partial<VcenterProfile>): VcenterProfile;
}

/** The n-th log-in's token. */
export const token = (n: number): string => `token-${n}`;

/** A server that answers log-ins as each dialect has it, and everything else as the test has written. */
export async function startScriptedVcenter(...answers: Scripted[]): Promise<ScriptedVcenter> {
  return start(answers, undefined);
}

/** The same over TLS. */
export async function startScriptedTlsVcenter(
  identity: { key: string; certificate: string },
  ...answers: Scripted[]
): Promise<ScriptedVcenter> {
  return start(answers, identity);
}

async function start(
  answers: Scripted[],
  identity: { key: string; certificate: string } | undefined,
): Promise<ScriptedVcenter> {
  const received: Received[] = [];
  const logInAnswers: Scripted[] = [];
  const logOutAnswers: Scripted[] = [];
  const isSession = ({ line }: Received) => /^(POST|DELETE) \S+\/session$/.test(line);
  let tokens = 0;
  let called = 0;

  const next = (request: Received): Scripted => {
    if (!isSession(request)) return answers[Math.min(called++, answers.length - 1)] ?? { status: 204 };
    if (request.line.startsWith("DELETE")) return logOutAnswers.shift() ?? { status: 200 };
    return logInAnswers.shift() ?? usualLogIn(request, token(++tokens));
  };
  const server = identity
    ? createTlsServer({ key: identity.key, cert: identity.certificate })
    : createServer();
  // A TLS socket cannot be reset, but the one below can.
  const sockets = new Map<number | undefined, Socket>();
  server.on("connection", (socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.on("close", () => sockets.delete(remotePort));
  });
  server.on("request", async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const record = {
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(record);
    const { status = 200, headers, body, after, reset, hang, wire } = next(record);
    await after;
    if (reset) request.socket.destroy();
    else if (wire)
      request.socket.write(wire.bytes, () => {
        const below = sockets.get(request.socket.remotePort);
        if (wire.end === "reset") below?.resetAndDestroy();
        else below?.destroy();
      });
    else if (!hang) response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return {
    received,
    answers,
    logInAnswers,
    logOutAnswers,
    calls: () => received.filter((request) => !isSession(request)),
    logIns: () => received.filter((request) => isSession(request) && request.line.startsWith("POST")),
    logOuts: () => received.filter((request) => isSession(request) && request.line.startsWith("DELETE")),
    profile: (change) => ({
      name: "lab",
      url: `${identity ? "https" : "http"}://127.0.0.1:${port}`,
      username: "exporter@vsphere.local",
      password: randomUUID(),
      dialect: "rest-json",
      allowHttp: true,
      endpointHosts: [],
      readers: 1,
      maxTransfers: 4,
      ...change,
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function usualLogIn({ line, headers }: Received, newToken: string): Scripted {
  if (line.includes("/api/")) return { status: 201, body: JSON.stringify(newToken) };
  if (headers.accept !== "application/xml") return { body: JSON.stringify({ value: newToken }) };
  const root = 'ns0:Create-Result xmlns:ns0="http://vmware.com/cis/session"';
  return { body: `<?xml version="1.0"?><${root}><value>${newToken}</value></ns0:Create-Result>` };
}
