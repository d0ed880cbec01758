import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { parseVcenterUrl, profileName } from "../../cli/vcenterUrl.ts";
import { exportInputSchema } from "../../functions/input.ts";

test.each([
  ["https://vcenter.example.com", "https://vcenter.example.com"],
  ["https://vcenter.example.com/sdk", "https://vcenter.example.com"],
  ["vcenter.example.com", "https://vcenter.example.com"],
  ["vcenter.example.com:8443/sdk/", "https://vcenter.example.com:8443"],
  ["HTTPS://VCENTER.example.com/", "https://vcenter.example.com"],
  ["http://[::1]:8080/sdk", "http://[::1]:8080"],
])("%s leads to %s", (text, url) => {
  expect(parseVcenterUrl(text, "GOVC_URL").url).toBe(url);
});

test("user and password may stand before the host, the user with an @ of its own", () => {
  const password = `${randomUUID()}/@:%`;
  const text = `reader@vsphere.local:${encodeURIComponent(password)}@vcenter.example.com/sdk`;
  expect(parseVcenterUrl(text, "GOVC_URL")).toMatchObject({
    username: "reader@vsphere.local",
    password,
    host: "vcenter.example.com",
  });
});

test.each([
  ["https://vcenter.example.com/ui/app", "behind the host"],
  ["https://vcenter.example.com/?x=1", "behind the host"],
  ["ftp://vcenter.example.com", "https:"],
  ["https://", "not a URL"],
  ["https://a%zz@vcenter.example.com", "percent-encoding"],
])("%s is refused, naming the variable that holds it", (text, reason) => {
  expect(() => parseVcenterUrl(text, "GOVC_URL")).toThrow(new RegExp(`GOVC_URL .*${reason}`));
});

test("a refusal does not repeat a URL that may hold a password", () => {
  const password = randomUUID();
  expect(() => parseVcenterUrl(`https://reader:${password}@vcenter.example.com/ui`, "GOVC_URL")).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining(password) }),
  );
});

test.each([
  "vcenter.example.com",
  "[fe80::1]",
  `${"long-label.".repeat(12)}example.com`,
])("the host %s gives a name that the workflow's input accepts", (host) => {
  const input = { vcenter: profileName(host), libraryItemId: "item" };
  expect(exportInputSchema.safeParse(input).success).toBe(true);
});
