import { beforeAll, describe, expect, test } from "vitest";
import { VcenterError, VcenterUnavailable } from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import type { DialectName } from "../../functions/vsphere/model.ts";
import { fakeClock } from "../clocks.ts";
import { type Identity, makeIdentity } from "./certificates.ts";
import { type Scripted, startScriptedTlsVcenter, startScriptedVcenter } from "./scriptedVcenter.ts";

let identity: Identity;
beforeAll(async () => {
  identity = await makeIdentity();
});

/** Whole lists: only how the connection ended tells that vCenter may have been about to write more. */
const LISTS: Record<DialectName, string> = {
  api: '["one","two"]',
  "rest-json": '{"value":["one","two"]}',
  "rest-xml": "<List-Result><value>one</value><value>two</value></List-Result>",
};

const withLength = (text: string) => `Content-Length: ${text.length + 3}\r\n\r\n${text}`;
const inChunks = (text: string) =>
  `Transfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`;
/** What shows that an answer is not whole, though its text might be. */
const BREAKS: { what: string; end: "reset" | "close"; frame(text: string): string }[] = (
  ["reset", "close"] as const
).flatMap((end) => [
  { what: "before its length was sent", end, frame: withLength },
  { what: "before the last chunk", end, frame: inChunks },
  {
    what: "before its length on a closing one",
    end,
    frame: (text) => `Connection: close\r\n${withLength(text)}`,
  },
  {
    what: "before the last chunk on a closing one",
    end,
    frame: (text) => `Connection: close\r\n${inChunks(text)}`,
  },
]);
const RESET_WITHOUT_LENGTH = {
  what: "in an answer of unknown length",
  end: "reset" as const,
  frame: (text: string) => `Connection: close\r\n\r\n${text}`,
};

describe.each(Object.keys(LISTS) as DialectName[])("in %s", (dialect) => {
  // an object's keys are strings to TypeScript
  const { [dialect]: list } = LISTS;
  const whole: Scripted = { body: list };

  async function libraries(tls: boolean, ...answers: Scripted[]) {
    await using vcenter = tls
      ? await startScriptedTlsVcenter(identity, ...answers)
      : await startScriptedVcenter(...answers);
    const profile = vcenter.profile({ dialect, caBundle: identity.certificate });
    const client = await logIn(profile, { clock: fakeClock(), log: silentLogger });
    try {
      return { listed: await client.listLibraries(), calls: vcenter.calls().length };
    } finally {
      await client.logOut();
    }
  }

  describe.each([false, true])("over TLS: %s", (tls) => {
    test.each([
      ...BREAKS,
      RESET_WITHOUT_LENGTH,
    ])("a $end $what is a broken connection, and the call is repeated", async ({ end, frame }) => {
      const broken: Scripted = { wire: { bytes: `HTTP/1.1 200 OK\r\n${frame(list)}`, end } };
      expect(await libraries(tls, broken, whole)).toEqual({ listed: ["one", "two"], calls: 2 });
      await expect(libraries(tls, broken)).rejects.toThrow(VcenterUnavailable);
    });

    test("an answer of unknown length that ends early is refused for what it is", async () => {
      for (let length = 0; length < list.length; length++) {
        const bytes = `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${list.slice(0, length)}`;
        await expect(libraries(tls, { wire: { bytes, end: "close" } })).rejects.toThrow(VcenterError);
      }
    });
  });
});
