import { apiRoutes } from "./apiRoutes.ts";
import { Arguments } from "./arguments.ts";
import { apiCodec, type Codec, restJsonCodec, structure } from "./codec.ts";
import type { Exchange } from "./exchange.ts";
import type { Faults } from "./fault.ts";
import { meetFault } from "./meetFault.ts";
import { operations, type Vcenter } from "./operations.ts";
import { restRoutes } from "./restRoutes.ts";
import { findRoute, type Match } from "./routes.ts";
import { spoilAnswer, spoilValue } from "./spoiled.ts";
import { VapiError } from "./vapiError.ts";
import { xmlCodec } from "./xmlCodec.ts";

/** Answers one request to `/api` or `/rest`, in the dialect that it is written in. */
export async function answerApi(vcenter: Vcenter, faults: Faults, exchange: Exchange): Promise<void> {
  const codec = chooseCodec(vcenter, exchange);
  if (!codec) return exchange.answer(404, "text/html", "<html><body>404 Not Found</body></html>");
  const { request, url } = exchange;
  const routes = codec === apiCodec ? apiRoutes : restRoutes;
  try {
    const match = findRoute(routes, request.method ?? "", url.pathname, url.searchParams);
    if (!match) throw new VapiError(404, "OPERATION_NOT_FOUND", "There is no such operation.");
    await answerOperation(vcenter, faults, exchange, codec, match);
  } catch (error) {
    if (!(error instanceof VapiError)) throw error;
    exchange.answer(error.status, codec.contentType, codec.encodeError(error, error.errorType));
  }
}

async function answerOperation(
  vcenter: Vcenter,
  faults: Faults,
  exchange: Exchange,
  codec: Codec,
  match: Match,
): Promise<void> {
  const { operation, status = 200 } = match.route;
  exchange.record.operation = operation;
  const args = await argumentsOf(exchange, codec, match);
  const fault = faults.take(vcenter.behaviour.faults, operation, args.optionalText("file_name"));
  const writeError = (error: VapiError, errorType: string | null) => {
    return { contentType: codec.contentType, body: codec.encodeError(error, errorType) };
  };
  if (fault && (await meetFault(exchange, fault, writeError))) return;
  const value = spoilValue(fault, await perform(vcenter, exchange, match, args));
  const { contentType, body } = spoilAnswer(fault, codec.contentType, codec.encode(operation, value));
  exchange.answer(status, contentType, body);
}

function perform(vcenter: Vcenter, exchange: Exchange, { route }: Match, args: Arguments): unknown {
  const { operation } = route;
  if (operation === "session.create") return vcenter.logins.logIn(exchange.header("authorization")).token;
  const login = vcenter.logins.authenticate(exchange.header("vmware-api-session-id"));
  return operations[operation](vcenter, { login, args });
}

/** `/rest` speaks XML with those who send or accept it, where the server still does. */
function chooseCodec({ behaviour }: Vcenter, exchange: Exchange): Codec | undefined {
  const { dialects } = behaviour;
  const { pathname } = exchange.url;
  if (pathname.startsWith("/api/")) return dialects.includes("api") ? apiCodec : undefined;
  if (!pathname.startsWith("/rest/")) return undefined;
  const mediaTypes = `${exchange.header("content-type")} ${exchange.header("accept")}`;
  if (/application\/xml|text\/xml/.test(mediaTypes) && dialects.includes("rest-xml")) return xmlCodec;
  return dialects.includes("rest-json") ? restJsonCodec : undefined;
}

async function argumentsOf(exchange: Exchange, codec: Codec, { route, path }: Match): Promise<Arguments> {
  const query = Object.fromEntries(exchange.url.searchParams);
  // 7.0 and 8.0 document the client token as a query parameter, newer pages as a header.
  const clientToken = exchange.header("client-token");
  const { wrapper } = route;
  const body = codec.decode(await exchange.body(), route.operation);
  const members = wrapper === undefined ? body : { ...body, ...structure(body[wrapper]) };
  return new Arguments(
    { ...(clientToken && { client_token: clientToken }), ...query, ...members, ...path },
    codec.textual,
  );
}
