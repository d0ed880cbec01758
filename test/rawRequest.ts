import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";

/** What goes over the wire as it is: `fetch` would put paths in order first. */
export interface Raw {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | undefined;
}

/** @param ca of a server that speaks TLS */
export async function sendRaw(
  url: string,
  { method, path, headers = {}, body }: Raw,
  ca?: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const options = { method, path, headers, agent: false };
  const request = ca === undefined ? httpRequest(url, options) : httpsRequest(url, { ...options, ca });
  request.on("response", (response) => {
    const status = response.statusCode ?? 0;
    text(response).then((answer) => resolve({ status, text: answer }), reject);
  });
  request.on("error", reject).end(body);
  return promise;
}
