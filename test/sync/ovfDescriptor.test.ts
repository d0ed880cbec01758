import { describe, expect, test } from "vitest";
import {
  MAX_DESCRIPTOR_BYTES,
  missingReferences,
  readOvfDescriptor,
} from "../../functions/sync/ovfDescriptor.ts";

const NAMESPACES =
  'xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"';

function envelope(content: string): string {
  return `<?xml version="1.0"?>\n<Envelope ${NAMESPACES}>${content}</Envelope>`;
}

describe("an OVF descriptor", () => {
  test("names the files of its package", () => {
    const text = envelope(
      '<References><File ovf:id="a" ovf:href="disk-0.vmdk" ovf:size="5"/><File ovf:href="vm.nvram"/></References>',
    );
    expect(readOvfDescriptor(text)).toEqual({
      references: ["disk-0.vmdk", "vm.nvram"],
      isVappTemplate: false,
    });
  });

  test("may reference one file, or none", () => {
    expect(readOvfDescriptor(envelope('<References><File ovf:href="1"/></References>'))?.references).toEqual([
      "1",
    ]);
    expect(readOvfDescriptor(envelope("<References/>"))?.references).toEqual([]);
    expect(readOvfDescriptor(envelope("<VirtualSystem/>"))?.references).toEqual([]);
  });

  test("may reference a file in chunks, which are files of their own", () => {
    const text = envelope(
      '<References><File ovf:href="d.vmdk" ovf:size="25" ovf:chunkSize="10"/></References>',
    );
    expect(readOvfDescriptor(text)?.references).toEqual([
      "d.vmdk.000000000",
      "d.vmdk.000000001",
      "d.vmdk.000000002",
    ]);
  });

  test("references nothing that is to be exported where it names another place", () => {
    const text = envelope('<References><File ovf:href="https://example.com/d.vmdk"/></References>');
    expect(readOvfDescriptor(text)?.references).toEqual([]);
  });

  test("with a collection of systems is a vApp template, whatever its prefix", () => {
    const text = '<o:Envelope xmlns:o="x"><o:VirtualSystemCollection o:id="all"/></o:Envelope>';
    expect(readOvfDescriptor(text)?.isVappTemplate).toBe(true);
  });

  test("of more files than a package can have is refused, whatever its one line claims", () => {
    const chunked = (size: string) =>
      envelope(`<References><File ovf:href="d.vmdk" ovf:size="${size}" ovf:chunkSize="1"/></References>`);
    expect(readOvfDescriptor(chunked("10000"))?.references).toHaveLength(10_000);
    expect(readOvfDescriptor(chunked("10001"))).toBeUndefined();
    expect(readOvfDescriptor(chunked("1000000000000"))).toBeUndefined();
    expect(readOvfDescriptor(chunked("-5"))).toBeUndefined();
  });

  test("is read whatever else it holds, up to a length", () => {
    const machine = "<VirtualSystem><References><File href='no file'/></References>text</VirtualSystem>";
    const descriptor = (elements: number) =>
      `<Envelope>text<References><File href="a"/><Other/></References>${machine}${"<a/>".repeat(elements)}</Envelope>`;
    expect(readOvfDescriptor(descriptor(0))).toEqual({ references: ["a"], isVappTemplate: false });
    const most = Math.floor((MAX_DESCRIPTOR_BYTES - descriptor(0).length) / 4);
    expect(readOvfDescriptor(descriptor(most))?.references).toEqual(["a"]);
    expect(readOvfDescriptor(descriptor(most + 1))).toBeUndefined();
  });

  test.each([
    "",
    "no XML",
    "<Other/>",
    '<!DOCTYPE Envelope [<!ENTITY a "b">]><Envelope>&a;</Envelope>',
  ])("is not %j", (text) => {
    expect(readOvfDescriptor(text)).toBeUndefined();
  });
});

test("a reference is met by the file of its name, encoded or not", () => {
  const descriptor = { references: ["a%20b.vmdk", "100%.iso", "missing.vmdk"], isVappTemplate: false };
  expect(missingReferences(descriptor, new Set(["a b.vmdk", "100%.iso"]))).toEqual(["missing.vmdk"]);
  expect(missingReferences(descriptor, new Set(["missing.vmdk", "a b.vmdk"]))).toEqual(["100%.iso"]);
});
