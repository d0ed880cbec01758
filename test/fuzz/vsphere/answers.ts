import fc from "fast-check";
import type { DialectName, VcenterClient } from "../../../functions/vsphere/model.ts";
import { apiCodec, type Codec, restJsonCodec } from "../../../simulators/vcenter/codec.ts";
import type { OperationName } from "../../../simulators/vcenter/operations.ts";
import { VapiError } from "../../../simulators/vcenter/vapiError.ts";
import { xmlCodec } from "../../../simulators/vcenter/xmlCodec.ts";
import { plainText } from "../text.ts";

/** How a vCenter writes in each dialect. */
export const WRITERS: Record<DialectName, Codec> = {
  api: apiCodec,
  "rest-json": restJsonCodec,
  "rest-xml": xmlCodec,
};

/** Part of every download URI below: a capability, which no error may hold. */
export const CAPABILITY = "whoever-has-this-may-download";

/** XML reads a carriage return as a line feed, and carries no other control characters. */
const word = plainText.filter((text) => !/[\p{C}\s]|\ufffe|\uffff/u.test(text));
const name = fc
  .tuple(word, fc.constantFrom("", " ", " &<'\"> ", ".iso"), word)
  .map((parts) => parts.join(""));
const long = fc.maxSafeNat();
const checksum = fc.record(
  {
    algorithm: fc.constantFrom("SHA1", "MD5", "SHA256", "SHA512", "BLAKE3"),
    checksum: fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 1, maxLength: 128 }),
  },
  { requiredKeys: ["checksum"] },
);
const message = fc.record({ id: name, default_message: name, args: fc.array(name, { maxLength: 3 }) });
const endpoint = fc.record(
  {
    uri: name.map(
      (file) => `https://vcenter.example.com/cls/data/${CAPABILITY}/${encodeURIComponent(file)}?x=1&y=2`,
    ),
    ssl_certificate_thumbprint: fc.constant(Array(20).fill("AB").join(":")),
    ssl_certificate: fc.constant("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
  },
  { requiredKeys: ["uri"] },
);
const sessionFile = fc.record(
  {
    name,
    status: fc.constantFrom(
      "UNPREPARED",
      "PREPARE_REQUESTED",
      "PREPARING",
      "PREPARED",
      "ERROR",
      "LATER_ADDED",
    ),
    bytes_transferred: long,
    size: long,
    download_endpoint: endpoint,
    checksum_info: checksum,
    error_message: message,
  },
  { requiredKeys: ["name", "status", "bytes_transferred"] },
);
const itemFile = fc.record(
  { name, size: long, cached: fc.boolean(), version: name, checksum_info: checksum },
  { requiredKeys: ["name", "size", "cached", "version"] },
);
const library = fc.record({
  id: name,
  name,
  type: fc.constantFrom("LOCAL", "SUBSCRIBED"),
  description: name,
});
const item = fc.record({
  id: name,
  library_id: name,
  name,
  type: name,
  content_version: name,
  size: long,
  cached: fc.boolean(),
});
const session = fc.record(
  {
    library_item_id: name,
    library_item_content_version: name,
    client_progress: fc.nat({ max: 100 }),
    state: fc.constantFrom("ACTIVE", "CANCELED", "ERROR"),
    expiration_time: fc
      .date({ noInvalidDate: true, max: new Date("9999-01-01") })
      .map((date) => date.toISOString()),
    error_message: message,
  },
  { requiredKeys: ["library_item_id", "client_progress", "state"] },
);

/** An operation that answers with more than an id: what vCenter may answer, and what asks it. */
export interface Kind {
  operation: OperationName;
  result: fc.Arbitrary<unknown>;
  call(client: VcenterClient): Promise<unknown>;
}

const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 });

export const KINDS: Kind[] = [
  { operation: "item.list", result: several(name), call: (client) => client.listItems("l") },
  { operation: "library.get", result: library, call: (client) => client.getLibrary("l") },
  { operation: "item.get", result: item, call: (client) => client.getItem("i") },
  { operation: "item-file.list", result: several(itemFile), call: (client) => client.listItemFiles("i") },
  { operation: "download-session.get", result: session, call: (client) => client.getDownloadSession("s") },
  {
    operation: "download-session-file.get",
    result: sessionFile,
    call: (client) => client.getSessionFile("s", "f"),
  },
  {
    operation: "download-session-file.list",
    result: several(sessionFile),
    call: (client) => client.listSessionFiles("s"),
  },
];

/** Errors whose words quote a download URI. */
export const vapiErrors = fc
  .record({
    status: fc.constantFrom(400, 403, 404, 500, 503),
    type: fc.constantFrom("NOT_FOUND", "NOT_ALLOWED_IN_CURRENT_STATE", "INTERNAL_SERVER_ERROR"),
    text: name,
  })
  .map(({ status, type, text }) => {
    const words = `${text} https://esx.example.com/cls/data/${CAPABILITY}/a.iso`;
    return new VapiError(status, type, words, [words]);
  });
