import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../../functions/log.ts";
import { logIn } from "../../../functions/vsphere/client.ts";
import type { DialectName, VcenterClient } from "../../../functions/vsphere/model.ts";
import { fakeClock } from "../../clocks.ts";
import { type ScriptedVcenter, startScriptedVcenter } from "../../vsphere/scriptedVcenter.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyValue } from "../text.ts";
import { CAPABILITY, KINDS, type Kind, vapiErrors, WRITERS } from "./answers.ts";

const DIALECTS: DialectName[] = ["api", "rest-json", "rest-xml"];

/** A client of each dialect, and what the server tells each of them next. */
const clients = new Map<DialectName, { client: VcenterClient; server: ScriptedVcenter }>();

beforeAll(async () => {
  for (const dialect of DIALECTS) {
    const server = await startScriptedVcenter({ status: 204 });
    const options = { clock: fakeClock(), log: silentLogger };
    clients.set(dialect, { server, client: await logIn(server.profile({ dialect }), options) });
  }
});
afterAll(async () => {
  for (const { client, server } of clients.values()) {
    await client.logOut();
    await server[Symbol.asyncDispose]();
  }
});

function ask(dialect: DialectName, kind: Kind, status: number, body: string | Buffer): Promise<unknown> {
  const scene = clients.get(dialect);
  if (scene === undefined) throw new Error(`no client speaks ${dialect}`);
  scene.server.answers.splice(0, 1, { status, body });
  return kind.call(scene.client);
}

describe.each(KINDS)("the answer to $operation", (kind) => {
  test("is read as the same in every dialect", async () => {
    await fc.assert(
      fc.asyncProperty(kind.result, async (result) => {
        const [first, ...others] = await Promise.all(
          DIALECTS.map((dialect) => ask(dialect, kind, 200, WRITERS[dialect].encode(kind.operation, result))),
        );
        for (const other of others) expect(other).toEqual(first);
      }),
      share(1 / 3),
    );
  });

  test.each(
    DIALECTS,
  )("in %s, damaged, is read or refused by name, without the download URI", async (dialect) => {
    const written = kind.result.map((result) => WRITERS[dialect].encode(kind.operation, result));
    await fc.assert(
      fc.asyncProperty(damagedBytes(written), async (body) => {
        await outcomeOf(() => ask(dialect, kind, 200, body), { secrets: [CAPABILITY] });
      }),
    );
  });

  test.each(DIALECTS)("in %s, cut short, is never taken for the whole", async (dialect) => {
    const written = kind.result.map((result) => WRITERS[dialect].encode(kind.operation, result).trimEnd());
    await fc.assert(
      fc.asyncProperty(written, fc.nat({ max: 1_000_000 }), async (body, place) => {
        const part = Buffer.from(body).subarray(0, place % Buffer.byteLength(body));
        expect((await outcomeOf(() => ask(dialect, kind, 200, part))).error).toBeDefined();
      }),
      share(1 / 3),
    );
  });

  test.each(DIALECTS)("in %s, of other values in its fields, is read or refused by name", async (dialect) => {
    const results = fc.oneof(
      { weight: 4, arbitrary: damagedValue(kind.result) },
      { weight: 1, arbitrary: anyValue },
    );
    await fc.assert(
      fc.asyncProperty(results, async (result) => {
        let body: string;
        try {
          body = WRITERS[dialect].encode(kind.operation, result);
        } catch {
          // It cannot be written at all.
          return;
        }
        await outcomeOf(() => ask(dialect, kind, 200, body), { secrets: [CAPABILITY] });
      }),
    );
  });
});

describe.each(DIALECTS)("an error of vCenter in %s", (dialect) => {
  const kind: Kind = {
    operation: "library.get",
    result: fc.constant(null),
    call: (client) => client.getLibrary("l"),
  };
  const raise = (status: number, body: string | Buffer) => outcomeOf(() => ask(dialect, kind, status, body));

  test("has a name, and quotes no download URI", async () => {
    await fc.assert(
      fc.asyncProperty(vapiErrors, async (error) => {
        const body = WRITERS[dialect].encodeError(error, error.errorType);
        const outcome = await raise(error.status, body);
        expect(outcome.error?.message).not.toContain(CAPABILITY);
        expect(outcome.error?.message).toContain("https://esx.example.com/...");
      }),
    );
  });

  test("has a name as well when its body is damaged", async () => {
    const bodies = vapiErrors.map((error) => WRITERS[dialect].encodeError(error, error.errorType));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 400, max: 599 }), damagedBytes(bodies), async (status, body) => {
        expect((await raise(status, body)).error).toBeInstanceOf(Error);
      }),
    );
  });
});
