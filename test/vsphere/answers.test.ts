import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { bodyText } from "../../functions/vsphere/body.ts";
import { Fields, Malformed } from "../../functions/vsphere/fields.ts";
import { parseJson } from "../../functions/vsphere/json.ts";
import { operations } from "../../functions/vsphere/operations.ts";

/** The same sample with some members changed or, by undefined, left out. */
function changed(sample: object, change: object): unknown {
  return parseJson(JSON.stringify({ ...sample, ...change }));
}

const SESSION = {
  library_item_id: "i",
  library_item_content_version: "3",
  state: "ACTIVE",
  client_progress: 10,
  expiration_time: "2026-01-02T03:04:05.678Z",
};
const FILE = { name: "a.iso", status: "PREPARED", bytes_transferred: 0 };

describe("what vCenter answers", () => {
  test("is read with its times, and without what it does not say", () => {
    expect(operations.getDownloadSession.read(changed(SESSION, {}))).toEqual({
      libraryItemId: "i",
      contentVersion: "3",
      state: "ACTIVE",
      clientProgress: 10,
      expirationTime: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
    });
    const { library_item_id, state } = SESSION;
    expect(operations.getDownloadSession.read({ library_item_id, state })).toEqual({
      libraryItemId: "i",
      state: "ACTIVE",
      clientProgress: 0,
    });
  });

  test("has times with white space around them, or nothing but that, as XML may", () => {
    const expires = (expiration_time: string) =>
      operations.getDownloadSession.read(changed(SESSION, { expiration_time })).expirationTime;
    expect(expires("\n\t2026-01-02T03:04:05Z\n")).toEqual(new Date(Date.UTC(2026, 0, 2, 3, 4, 5)));
    expect(expires(" \n")).toBeUndefined();
  });

  test("has states with white space around them, as XML may", () => {
    const { getDownloadSession, getSessionFile } = operations;
    expect(getDownloadSession.read(changed(SESSION, { state: "\n ACTIVE\n" })).state).toBe("ACTIVE");
    const file = getSessionFile.read(changed(FILE, { status: "\n PREPARED\n", bytes_transferred: 7 }));
    expect(file).toMatchObject({ status: "PREPARED", bytesTransferred: 7 });
  });

  test("keeps members of enumerations that were added later", () => {
    const { getDownloadSession, getSessionFile } = operations;
    expect(getDownloadSession.read(changed(SESSION, { state: "PAUSED" })).state).toBe("PAUSED");
    const checksum_info = { algorithm: "SHA3_512", checksum: "0F" };
    expect(getSessionFile.read(changed(FILE, { status: "QUEUED", checksum_info }))).toMatchObject({
      status: "QUEUED",
      checksum: { algorithm: "SHA3_512", value: "0f" },
    });
  });

  test("treats null as absent, and vcsim's null file as no file", () => {
    expect(operations.getSessionFile.read(changed(FILE, { size: null, checksum_info: null }))).toEqual({
      name: "a.iso",
      status: "PREPARED",
      bytesTransferred: 0,
    });
    expect(operations.getSessionFile.read(null)).toBeUndefined();
  });

  test("reads vcsim's null for a find without hits as an empty list, and no answer as none", () => {
    expect(operations.findItems.read(null)).toEqual([]);
    expect(operations.findLibraries.read(null)).toEqual([]);
    expect(() => operations.findItems.read(undefined)).toThrow(Malformed);
  });

  test("may leave out what vcsim leaves out", () => {
    const item = { id: "i", library_id: "l", name: "n" };
    const rest = { type: "", contentVersion: "", size: 0, cached: false };
    expect(operations.getItem.read(item)).toEqual({ id: "i", libraryId: "l", name: "n", ...rest });
    const file = { name: "a", size: 0, cached: false, version: "" };
    expect(operations.listItemFiles.read([{ name: "a" }])).toEqual([file]);
  });

  test("keeps no download URI in a message, only its host", () => {
    const default_message =
      "GET https://u:p@vc.example.com/cls/data/0123abcd/a.iso?x=1 failed, see ds:///vmfs/a";
    const args = ["http://[::1]:80/cls/data/0123abcd/a.iso"];
    const file = operations.getSessionFile.read(
      changed(FILE, { error_message: { id: "m", default_message, args } }),
    );
    expect(file?.errorMessage).toEqual({
      id: "m",
      defaultMessage: "GET https://vc.example.com/... failed, see ds:///vmfs/a",
      args: ["http://[::1]:80/..."],
    });
  });

  test("has a message without arguments, and without words", () => {
    const read = (error_message: object) =>
      operations.getDownloadSession.read(changed(SESSION, { error_message })).errorMessage;
    expect(read({ id: "m", default_message: "Words." })).toEqual({
      id: "m",
      defaultMessage: "Words.",
      args: [],
    });
    expect(read({})).toEqual({ id: "", defaultMessage: "", args: [] });
  });

  test("has a checksum's algorithm, a thumbprint and a certificate without what stands around them", () => {
    const read = (change: object) => operations.getSessionFile.read(changed(FILE, change));
    const checksum_info = { algorithm: "\n SHA256 ", checksum: "\n 0F " };
    expect(read({ checksum_info })?.checksum).toEqual({ algorithm: "SHA256", value: "0f" });
    expect(read({ checksum_info: { checksum: "0f" } })?.checksum).toEqual({ algorithm: "SHA1", value: "0f" });
    expect(read({ checksum_info: { algorithm: "SHA1", checksum: " " } })).not.toHaveProperty(
      "checksum.value",
    );
    const uri = "https://vc.example.com/cls/data/0123/a.iso";
    const endpoint = (pin: object) => read({ download_endpoint: { uri, ...pin } })?.downloadEndpoint;
    expect(endpoint({ ssl_certificate_thumbprint: " AA:BB\n" })).toEqual({
      uri,
      sslCertificateThumbprint: "AA:BB",
    });
    expect(endpoint({ ssl_certificate: "\n-----BEGIN\n" })).toEqual({ uri, sslCertificate: "-----BEGIN" });
    expect(endpoint({ ssl_certificate_thumbprint: " ", ssl_certificate: "" })).toEqual({ uri });
  });

  test("leaves out arguments of a message that are no text", () => {
    const args = ["a", 7, { toString: 1, valueOf: 1 }, null, ["b"]];
    const error_message = { id: "m", default_message: "Words.", args };
    const session = operations.getDownloadSession.read(changed(SESSION, { error_message }));
    expect(session.errorMessage?.args).toEqual(["a", "7"]);
  });

  test.each([
    { wrong: { state: undefined }, says: "state is missing" },
    { wrong: { state: 1 }, says: "state is 1, not text" },
    { wrong: { client_progress: "much" }, says: "client_progress is text, not an integer" },
    { wrong: { client_progress: 1.5 }, says: "client_progress is 1.5, not an integer" },
    { wrong: { client_progress: "1e3" }, says: "client_progress is text, not an integer" },
    { wrong: { client_progress: "0x10" }, says: "client_progress is text, not an integer" },
    { wrong: { client_progress: true }, says: "client_progress is true, not an integer" },
    { wrong: { client_progress: [5] }, says: "client_progress is a list, not an integer" },
    { wrong: { expiration_time: "soon" }, says: "expiration_time is text, not a time" },
    { wrong: { error_message: [] }, says: "error_message is a list, not a structure" },
  ])("is refused where $says", ({ wrong, says }) => {
    const read = () => operations.getDownloadSession.read(changed(SESSION, wrong));
    expect(read).toThrow(new Malformed(says));
  });

  test("is refused as a whole where it is something else", () => {
    expect(() => operations.getDownloadSession.read([])).toThrow("the result is a list, not a structure");
    expect(() => operations.getDownloadSession.read(undefined)).toThrow("the result is absent");
    expect(() => operations.listLibraries.read({})).toThrow("the result is a structure, not a list");
    expect(() => operations.listLibraries.read([1])).toThrow(Malformed);
    expect(() => operations.listItemFiles.read([{ name: "a" }, {}])).toThrow("[1].name is missing");
    expect(() => operations.createDownloadSession.read("")).toThrow(Malformed);
  });
});

test("a body may hold as many values as the list of a large library, but not any number", () => {
  const body = (values: number) => Buffer.from(`[${"1,".repeat(values - 1)}1]`);
  const answer = (values: number) => ({ status: 200, headers: {}, body: body(values) });
  expect(bodyText(answer(1_000_000))).toHaveLength(2_000_001);
  expect(() => bodyText(answer(1_000_001))).toThrow(Malformed);
});

test("a body that is no text is refused as that, in whatever dialect", () => {
  const answer = { status: 200, headers: {}, body: Buffer.from([0x22, 0xff, 0x22]) };
  expect(() => bodyText(answer)).toThrow(
    expect.objectContaining({
      name: "Malformed",
      message: "it is not UTF-8 text",
      cause: expect.any(TypeError),
    }),
  );
});

describe("JSON", () => {
  test("gives integers exactly, or refuses them by the field that is read", () => {
    const json = '{"fits": 9007199254740991, "large": 9007199254740993, "huge": 1e999, "half": 0.5}';
    const fields = new Fields(parseJson(json));
    expect(fields.long("fits")).toBe(9007199254740991);
    expect(() => fields.long("large")).toThrow("large is 9007199254740993, not an integer below 2^53");
    expect(() => fields.long("huge")).toThrow("huge is text, not an integer");
    expect(() => fields.long("half")).toThrow("half is 0.5, not an integer");
  });

  test("has integers as XML writes them, and none where there is nothing but white space", () => {
    const fields = new Fields({ size: "\n -7 ", blank: " \n" });
    expect(fields.long("size")).toBe(-7);
    expect(fields.optionalLong("blank")).toBeUndefined();
    expect(() => fields.long("blank")).toThrow("blank is missing");
  });

  test("may be absent, but not broken", () => {
    expect(parseJson("  ")).toBeUndefined();
    expect(() => parseJson('{"value": ')).toThrow(Malformed);
  });

  test("that is broken is no part of the error, which may be logged with its causes", () => {
    const token = randomUUID();
    const parse = () => parseJson(`"${token}`);
    expect(parse).toThrow(Malformed);
    expect(parse).toThrow(expect.toSatisfy((error) => !inspect(error).includes(token)));
  });

  test("has no inherited members", () => {
    expect(new Fields(parseJson("{}")).optionalText("constructor")).toBeUndefined();
    expect(() => new Fields(parseJson('{"__proto__": {"state": "ACTIVE"}}')).text("state")).toThrow(
      Malformed,
    );
  });

  test("has true and false as they are, or as XML writes them", () => {
    const fields = new Fields({
      yes: true,
      no: "\nfalse ",
      one: " 1",
      zero: "0",
      empty: " ",
      maybe: "maybe",
      two: 2,
    });
    const names = ["yes", "no", "one", "zero", "empty", "absent"];
    expect(names.map((name) => fields.optionalBoolean(name))).toEqual([
      true,
      false,
      true,
      false,
      undefined,
      undefined,
    ]);
    expect(() => fields.optionalBoolean("maybe")).toThrow("maybe is text, not true or false");
    expect(() => fields.optionalBoolean("two")).toThrow("two is 2, not true or false");
  });
});
