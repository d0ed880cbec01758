import { expect, test } from "vitest";
import { secretProfiles } from "../../functions/lambda/secretProfiles.ts";
import { fakeClock } from "../clocks.ts";
import { startSecretsManager } from "./secretsManager.ts";

const MINUTE = 60_000;

function secret(password: string = crypto.randomUUID()) {
  return JSON.stringify({ url: "https://vcenter.example.com", username: "export@vsphere.local", password });
}

test("the profile `lab` is the JSON of the secret of that name below the prefix", async () => {
  await using manager = await startSecretsManager({ "team/vcenter/lab": secret() });
  const profile = secretProfiles({ client: manager.client, prefix: "team/vcenter/", clock: fakeClock() });
  expect(await profile("lab")).toMatchObject({
    name: "lab",
    url: "https://vcenter.example.com",
    dialect: "auto",
    allowHttp: false,
  });
  expect(manager.reads).toEqual(["team/vcenter/lab"]);
});

test("a profile with http: is one only where it says that it may be", async () => {
  const clear = { ...JSON.parse(secret()), url: "http://vcenter.example.com" };
  const allowed = JSON.stringify({ ...clear, allowHttp: true });
  await using manager = await startSecretsManager({ lab: JSON.stringify(clear), allowed });
  const profile = secretProfiles({ client: manager.client, prefix: "", clock: fakeClock() });
  await expect(profile("lab")).rejects.toMatchObject({
    name: "InvalidInput",
    message: expect.stringContaining("allowHttp"),
  });
  expect(await profile("allowed")).toMatchObject({ url: clear.url });
});

test("a profile is read again five minutes later, and not before", async () => {
  await using manager = await startSecretsManager({ lab: secret() });
  const clock = fakeClock();
  const profile = secretProfiles({ client: manager.client, prefix: "", clock });
  const { password } = await profile("lab");
  manager.secrets.set("lab", secret());

  await clock.sleep(5 * MINUTE - 1);
  expect((await profile("lab")).password).toBe(password);
  await clock.sleep(1);
  expect((await profile("lab")).password).not.toBe(password);
  expect(manager.reads).toEqual(["lab", "lab"]);
});

test("a profile that is asked for anew is read at once, and cached", async () => {
  await using manager = await startSecretsManager({ lab: secret() });
  const profile = secretProfiles({ client: manager.client, prefix: "", clock: fakeClock() });
  await profile("lab");
  const changed = secret();
  manager.secrets.set("lab", changed);
  expect(await profile("lab", { fresh: true })).toMatchObject(JSON.parse(changed));
  expect(await profile("lab")).toMatchObject(JSON.parse(changed));
  expect(manager.reads).toEqual(["lab", "lab"]);
});

test("a profile without a secret is not found, and can be added without a new deployment", async () => {
  await using manager = await startSecretsManager({});
  const profile = secretProfiles({
    client: manager.client,
    prefix: "library-export/vcenter/",
    clock: fakeClock(),
  });
  await expect(profile("lab")).rejects.toMatchObject({
    name: "ProfileNotFound",
    message: expect.stringContaining('no secret "library-export/vcenter/lab"'),
  });
  manager.secrets.set("library-export/vcenter/lab", secret());
  expect(await profile("lab")).toMatchObject({ name: "lab" });
});

test("a secret that may not be read says so in AWS's words", async () => {
  await using manager = await startSecretsManager({ lab: secret() });
  const profile = secretProfiles({ client: manager.client, prefix: "", clock: fakeClock() });
  manager.error = { status: 400, type: "AccessDeniedException", message: "Access to KMS is not allowed" };
  await expect(profile("lab")).rejects.toMatchObject({
    name: "ProfileUnavailable",
    message: expect.stringContaining("AccessDeniedException: Access to KMS is not allowed"),
  });
});

test.each([
  { what: "text that is no JSON", text: (password: string) => `password: ${password}`, says: "is not JSON" },
  {
    what: "a JSON string",
    text: (password: string) => JSON.stringify(password),
    says: "expected object",
  },
  { what: "no password", text: () => secret(""), says: "password:" },
  {
    what: "a field that no profile has",
    text: (password: string) => JSON.stringify({ ...JSON.parse(secret(password)), passwort: password }),
    says: 'Unrecognized key: "passwort"',
  },
])("a secret with $what is refused without telling what is in it", async ({ text, says }) => {
  const password = crypto.randomUUID();
  await using manager = await startSecretsManager({ lab: text(password) });
  const profile = secretProfiles({ client: manager.client, prefix: "", clock: fakeClock() });
  const error: unknown = await profile("lab").catch((reason) => reason);
  expect(error).toMatchObject({ name: "InvalidInput", message: expect.stringContaining(says) });
  expect(error).toHaveProperty("message", expect.stringContaining('"lab"'));
  expect(error).not.toHaveProperty("cause");
  expect(String(error)).not.toContain(password);
});
