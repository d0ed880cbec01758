import { expect, test } from "vitest";
import type { VcenterProfile } from "../../functions/config.ts";
import { ProfileUnavailable } from "../../functions/errors.ts";
import { logInFresh } from "../../functions/export/logInFresh.ts";
import type { Services } from "../../functions/services.ts";
import { localServices } from "../../local/services.ts";
import { openSimulator } from "../s3/simulator.ts";
import { startScriptedVcenter } from "../vsphere/scriptedVcenter.ts";

const refused = { status: 401 };

/** Services whose profile is `kept` from now on. */
async function servicesWith(kept: () => Promise<VcenterProfile>): Promise<Services> {
  const { client } = await openSimulator();
  return { ...localServices({ profiles: [], s3: client }), profile: kept };
}

test("a refused log-in is tried once more with a profile that has changed meanwhile", async () => {
  await using vcenter = await startScriptedVcenter();
  vcenter.logInAnswers.push(refused);
  const cached = vcenter.profile();
  const changed = vcenter.profile({ password: crypto.randomUUID() });
  const client = await logInFresh(cached, await servicesWith(async () => changed));
  await client.logOut();
  const passwords = vcenter.logIns().map(({ headers }) => headers.authorization);
  expect(passwords).toEqual([basic(cached), basic(changed)]);
});

test("a refused log-in is not repeated with the same password", async () => {
  await using vcenter = await startScriptedVcenter();
  vcenter.logInAnswers.push(refused);
  const profile = vcenter.profile();
  const services = await servicesWith(async () => ({ ...profile }));
  await expect(logInFresh(profile, services)).rejects.toMatchObject({ name: "LoginRefused" });
  expect(vcenter.logIns()).toHaveLength(1);
});

test("the changed password is tried once only", async () => {
  await using vcenter = await startScriptedVcenter();
  vcenter.logInAnswers.push(refused, refused);
  const services = await servicesWith(async () => vcenter.profile({ password: crypto.randomUUID() }));
  await expect(logInFresh(vcenter.profile(), services)).rejects.toMatchObject({ name: "LoginRefused" });
  expect(vcenter.logIns()).toHaveLength(2);
});

test("a refusal stays a refusal when the profile cannot be read anew", async () => {
  await using vcenter = await startScriptedVcenter();
  vcenter.logInAnswers.push(refused);
  const services = await servicesWith(async () => {
    throw new ProfileUnavailable("The secret cannot be read");
  });
  await expect(logInFresh(vcenter.profile(), services)).rejects.toMatchObject({ name: "LoginRefused" });
  expect(vcenter.logIns()).toHaveLength(1);
});

function basic({ username, password }: VcenterProfile): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
