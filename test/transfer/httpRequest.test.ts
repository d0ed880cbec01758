import { expect, test } from "vitest";
import { Stopped, TransferInterrupted } from "../../functions/errors.ts";
import { plainConnector } from "../../functions/tls.ts";
import {
  interrupted,
  plainRequest,
  rangeHeaders,
  requestTarget,
} from "../../functions/transfer/source/httpRequest.ts";

const target = { uri: "https://vc.example.com:8443/cls/a.iso", headers: {}, connector: plainConnector };

test.each([
  ["https://vc.example.com", "/"],
  ["https://vc.example.com?token=1", "/?token=1"],
  ["https://vc.example.com/cls/../a%2Fb.iso?x=1#part#two", "/cls/../a%2Fb.iso?x=1"],
])("of %s, %s is requested", (uri, path) => {
  expect(requestTarget(uri)).toBe(path);
});

test("a range is asked for with its last byte, and without one up to the end of the file", () => {
  expect(rangeHeaders(target, { start: 5, end: 10 })).toMatchObject({ range: "bytes=5-9" });
  expect(rangeHeaders(target, { start: 5 })).toMatchObject({ range: "bytes=5-" });
});

test("a request is written as it is sent, unless the name of a header is none", () => {
  const written = plainRequest({ ...target, headers: { "vmware-api-session-id": "t" } }, { start: 0 });
  expect(written?.toString()).toBe(
    "GET /cls/a.iso HTTP/1.1\r\nhost: vc.example.com:8443\r\nconnection: keep-alive\r\n" +
      "vmware-api-session-id: t\r\naccept-encoding: identity\r\nrange: bytes=0-\r\n\r\n",
  );
  for (const name of ["a b", " a", "a:", ""]) {
    expect(plainRequest({ ...target, headers: { [name]: "t" } }, { start: 0 })).toBeUndefined();
  }
});

test("what stopped a request on purpose stays as it is, and another failure at that time is an interruption", () => {
  const reason = new Error("another part has failed");
  const stopped = AbortSignal.abort(reason);
  expect(interrupted(reason, "a.iso", 5, stopped)).toBe(reason);
  expect(interrupted(reason, "a.iso", 5)).toBeInstanceOf(TransferInterrupted);
  const failure = new Error("read ECONNRESET");
  expect(interrupted(failure, "a.iso", 5, stopped)).toMatchObject({
    name: "TransferInterrupted",
    message: 'The download of "a.iso" broke at byte 5: read ECONNRESET',
    cause: failure,
  });
  const named = new Stopped("by its user");
  expect(interrupted(named, "a.iso", 5)).toBe(named);
});
