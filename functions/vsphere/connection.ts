import type { Clock } from "../clock.ts";
import type { VcenterProfile } from "../config.ts";
import { InternalError, LoginRefused, UnexpectedResponse, VcenterFailure } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { bodyText, looksLikeHtml } from "./body.ts";
import type { Dialect } from "./dialect.ts";
import { describeAnswer, failure, readWords } from "./failure.ts";
import { Malformed } from "./fields.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";
import { type Operation, type OperationId, operations, type Results } from "./operations.ts";
import { sendWithRetries } from "./retry.ts";
import type { Parameters } from "./route.ts";
import { withTimeLimit } from "./timeLimit.ts";

export interface ConnectionOptions {
  clock: Clock;
  log: Logger;
  metrics?: Metrics | undefined;
  random: () => number;
  signal?: AbortSignal;
}

/**
 * A log-in at one vCenter in one dialect, and the calls made with it. A call that is answered by 401 leads to one
 * new log-in and is sent once more. A log-in that was refused is never sent again.
 */
export class Connection {
  readonly dialect: Dialect;
  readonly #http: Http;
  readonly #profile: VcenterProfile;
  readonly #options: ConnectionOptions;
  #token = "";
  #renewal: Promise<void> | undefined;
  #refusal: LoginRefused | undefined;
  #closed = false;

  constructor(http: Http, dialect: Dialect, profile: VcenterProfile, options: ConnectionOptions) {
    this.#http = http;
    this.dialect = dialect;
    this.#profile = profile;
    this.#options = options;
  }

  /** The session's token, for the vCenter's own host only. */
  get token(): string {
    return this.#token;
  }

  /**
   * Calls an operation with its parameters, by the API's own names.
   * @throws VcenterError of errors.ts; CertificateMismatch; InvalidInput for an id that cannot be one
   */
  async call<Id extends OperationId>(id: Id, parameters: Parameters = {}): Promise<Results[Id]> {
    if (this.#refusal) throw this.#refusal;
    if (this.#closed) throw new InternalError(`${id} was called after the log-out from vCenter`);
    const operation: Operation<Results[Id]> = operations[id];
    const request = this.#request(id, parameters);
    const what = describe(request.method, operation, parameters);

    const token = this.#token;
    let answer = await this.#send(request, what, operation);
    if (answer.status === 401) {
      await this.#renew(token);
      answer = await this.#send(request, what, operation);
    }
    if (answer.status === 401) {
      const words = readWords(answer, this.dialect);
      throw new VcenterFailure(
        `${what}: ${describeAnswer(answer, words)}. vCenter accepted a new log-in just before, and does not honour it`,
        { status: 401, ...words },
      );
    }
    return this.#read(operation, answer, what);
  }

  /**
   * Logs in.
   * @returns false when the vCenter does not have this dialect (404 or 405)
   * @throws LoginRefused, VcenterUnavailable and the others of errors.ts
   */
  async logIn(): Promise<boolean> {
    const { username, password } = this.#profile;
    const request = this.#request("logIn", {});
    request.headers = {
      ...request.headers,
      ...this.dialect.logInHeaders,
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
    };
    const what = `[${request.method} log-in] at ${this.#http.host} as "${username}"`;
    const options = { ...this.#options, awaitsAnswer: true };
    const answer = await sendWithRetries(this.#http, request, what, "unless-handled", options);
    if (answer.status === 404 || answer.status === 405) return false;
    if (answer.status === 401) {
      const words = readWords(answer, this.dialect);
      this.#refusal = new LoginRefused(
        `${what}: ${describeAnswer(answer, words).replace(/\.$/, "")}. Check user name and password. The log-in is not tried again, ` +
          "because vCenter locks an account after a few refusals",
        { status: 401, ...words },
      );
      throw this.#refusal;
    }
    const token = this.#read(operations.logIn, answer, what);
    // It goes into a header: a line break in it would begin another one.
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new UnexpectedResponse(`${what}: the answer is no session token`);
    this.#token = token;
    if (this.#options.signal?.aborted) {
      await this.close();
      throw this.#options.signal.reason;
    }
    return true;
  }

  /** Ends the log-in, if there is one, and every connection. Never throws. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#token !== "" && this.#refusal === undefined) await this.#logOut();
    await this.#http.close();
  }

  /** Never throws: a log-in that cannot be ended is ended by vCenter, once it has been idle for long enough. */
  async #logOut(): Promise<void> {
    const request = this.#withToken(this.#request("logOut", {}));
    const what = describe(request.method, operations.logOut, {});
    try {
      const answer = await withTimeLimit(LOG_OUT_MILLISECONDS, (signal) =>
        sendWithRetries(this.#http, request, what, "always", { ...this.#options, signal }),
      );
      // 401: there is nothing to end any more.
      if (answer.status !== 401) this.#read(operations.logOut, answer, what);
    } catch (error) {
      this.#options.log.warn("The log-out failed", { error: String(error) });
    }
  }

  #request(id: OperationId, parameters: Parameters): HttpRequest {
    const { mediaType, write } = this.dialect.codec;
    const { method, path, headers, body } = this.dialect.encode(id, parameters);
    const accept = { ...headers, accept: mediaType };
    if (body === undefined) return { method, path, headers: accept };
    return {
      method,
      path,
      headers: { ...accept, "content-type": mediaType },
      body: write(operations[id], body),
    };
  }

  #send(request: HttpRequest, what: string, operation: Operation<unknown>): Promise<HttpAnswer> {
    const signal = operation.endsSomething ? undefined : this.#options.signal;
    const options = { ...this.#options, signal };
    return sendWithRetries(
      this.#http,
      this.#withToken(request),
      what,
      operation.repeatable ?? "always",
      options,
    );
  }

  #withToken(request: HttpRequest): HttpRequest {
    return { ...request, headers: { ...request.headers, "vmware-api-session-id": this.#token } };
  }

  /** Calls that meet a 401 at the same time share one log-in, and one that comes late uses its token. */
  #renew(staleToken: string): Promise<void> {
    if (staleToken !== this.#token) return Promise.resolve();
    this.#renewal ??= this.#logInAgain().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #logInAgain(): Promise<void> {
    if (this.#refusal) throw this.#refusal;
    this.#options.log.info("The log-in at vCenter has ended, a new one is made", {
      vcenter: this.#profile.name,
    });
    // What was answered by 401 may have been one request, and not the log-in: nobody else would ever end it.
    await this.#logOut();
    if (!(await this.logIn())) {
      throw new VcenterFailure(
        `[POST log-in] at ${this.#http.host}: 404: the API that was there before is gone`,
      );
    }
  }

  #read<Result>(operation: Operation<Result>, answer: HttpAnswer, what: string): Result {
    const { status } = answer;
    if (status >= 300 && status < 400) {
      throw new UnexpectedResponse(
        `${what}: ${status}: a redirect, which is not followed. Give the URL of vCenter itself`,
        { status },
      );
    }
    if (status < 200 || status >= 300) throw failure(what, answer, this.dialect);
    try {
      if (looksLikeHtml(answer)) {
        throw new Malformed("it is an HTML page: a proxy or another server may stand in vCenter's place");
      }
      const { codec } = this.dialect;
      return operation.read(this.dialect.result(codec.read(operation, bodyText(answer))));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const message = `${what}: the answer is not what vCenter's API documents: ${error.message}`;
      throw new UnexpectedResponse(message, { status }, { cause: error });
    }
  }
}

/** All attempts together. */
const LOG_OUT_MILLISECONDS = 10_000;

/** `[POST keep alive] download session 5f..` */
function describe(method: string, operation: Operation<unknown>, parameters: Parameters): string {
  const verb = operation.name.replace(/(?<=.)[A-Z]/g, " $&").toLowerCase();
  const subject = operation.subject.replace(/\{(\w+)\}/g, (_, name) => String(parameters[name]));
  return `[${method} ${verb}] ${subject}`;
}
