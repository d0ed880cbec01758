import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../functions/clock.ts";
import { parseProfile } from "../../../functions/config.ts";
import { UnexpectedResponse } from "../../../functions/errors.ts";
import { silentLogger } from "../../../functions/log.ts";
import { logIn } from "../../../functions/vsphere/client.ts";
import { describeDialect, type VcenterUnderTest } from "../../vsphere/dialectTable.ts";
import { DIFFERENCES } from "./differences.ts";
import { ISO_IMAGES } from "./images.ts";
import { startVcsim, type Vcsim } from "./vcsim.ts";

const log = { clock: systemClock, log: silentLogger };

async function open(): Promise<VcenterUnderTest> {
  const vcsim = await startVcsim();
  const library = "Golden images";
  await vcsim.govc("library.create", "-ds", "LocalDS_0", library);
  for (const image of [ISO_IMAGES.ipxe, ISO_IMAGES.rescue])
    await vcsim.govc("library.import", library, image);
  const idOf = async (path: string) => {
    const [first]: { id: string }[] = JSON.parse(await vcsim.govc("library.info", "-json", path));
    return first?.id ?? "";
  };
  const file = { name: basename(ISO_IMAGES.ipxe), content: await readFile(ISO_IMAGES.ipxe) };
  return {
    profile: profileOf(vcsim),
    library: { id: await idOf(library), name: library },
    item: { id: await idOf(`${library}/ipxe`), name: "ipxe", type: "iso", file },
    otherItem: { id: await idOf(`${library}/grub-rescue-cdrom`) },
    close: () => vcsim.close(),
  };
}

function profileOf({ url, username, password, thumbprint }: Vcsim) {
  return { url, username, password, thumbprint };
}

describe("vcsim", () => {
  describeDialect("rest-json", open, DIFFERENCES);

  describe("the other dialects", () => {
    test("auto goes on to /rest, as there is no /api", async () => {
      const vcsim = await startVcsim();
      const client = await logIn(parseProfile("lab", profileOf(vcsim)), log);
      expect(client.dialect).toBe("rest-json");
      await client.logOut();
      await vcsim.close();
    });

    test.each([
      "api",
      "rest-xml",
    ])("%s is UnexpectedResponse, as vcsim does not speak it", async (dialect) => {
      const vcsim = await startVcsim();
      const attempt = logIn(parseProfile("lab", { ...profileOf(vcsim), dialect }), log);
      await expect(attempt).rejects.toThrow(UnexpectedResponse);
      await vcsim.close();
    });
  });
});
