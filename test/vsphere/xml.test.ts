import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidInput } from "../../functions/errors.ts";
import { Malformed } from "../../functions/vsphere/fields.ts";
import { operations } from "../../functions/vsphere/operations.ts";
import { xmlCodec } from "../../functions/vsphere/xml.ts";

const { prepareSessionFile, getLibrary, listLibraries } = operations;

/** The members of the 6.5 page's Prepare-Result, in an order of its own, as the page has them. */
const PREPARED = `<?xml version="1.0" ?>
<ns0:Prepare-Result xmlns:ns0="http://vmware.com/content/library/item/downloadsession/file" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <value>
    <download_endpoint>
      <ssl_certificate_thumbprint>AB:CD</ssl_certificate_thumbprint>
      <uri>https://vcenter.example.com/cls/data/0123/a.iso?x=1&amp;y=2</uri>
    </download_endpoint>
    <status>PREPARED</status>
    <error_message>
      <default_message>Words &lt;with&gt; &quot;marks&quot;</default_message>
      <id>com.example</id>
      <args-array>
        <array-item>one</array-item>
        <array-item>two</array-item>
      </args-array>
    </error_message>
    <name>00123 &#233;&#x1F600; .iso</name>
    <bytes_transferred>9007199254740991</bytes_transferred>
    <checksum_info><checksum>ABCDEF</checksum><algorithm>SHA512</algorithm></checksum_info>
    <size>12</size>
  </value>
</ns0:Prepare-Result>`;

function prepared(text: string) {
  const result = xmlCodec.read(prepareSessionFile, text);
  const { value } = result as { value: unknown }; // what the sample's root element holds
  return prepareSessionFile.read(value);
}

function treeOf(content: string): unknown {
  return (
    xmlCodec.read(getLibrary, `<r:Get-Result xmlns:r="x">${content}</r:Get-Result>`) as { value: unknown }
  ).value; // every sample here has one
}

describe("a result in XML", () => {
  test("is read as the 6.5 reference has it", () => {
    expect(prepared(PREPARED)).toEqual({
      name: "00123 é😀 .iso",
      status: "PREPARED",
      size: 12,
      bytesTransferred: 9007199254740991,
      downloadEndpoint: {
        uri: "https://vcenter.example.com/cls/data/0123/a.iso?x=1&y=2",
        sslCertificateThumbprint: "AB:CD",
      },
      checksum: { algorithm: "SHA512", value: "abcdef" },
      errorMessage: { id: "com.example", defaultMessage: 'Words <with> "marks"', args: ["one", "two"] },
    });
  });

  test.each([
    { how: "absent", of: "" },
    { how: "nil", of: '<size xsi:nil="true"/><download_endpoint xsi:nil="true"></download_endpoint>' },
    { how: "empty", of: "<size/><download_endpoint> </download_endpoint><checksum_info/>" },
  ])("may have optional members that are $how", ({ of }) => {
    const members = `<name>a</name><status>PREPARING</status><bytes_transferred>0</bytes_transferred>${of}`;
    const root = 'ns0:Prepare-Result xmlns:ns0="n" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    expect(prepared(`<${root}><value>${members}</value></ns0:Prepare-Result>`)).toEqual({
      name: "a",
      status: "PREPARING",
      bytesTransferred: 0,
    });
  });

  test.each([
    { items: "<value-array><array-item>00123</array-item></value-array>", ids: ["00123"] },
    {
      items: "<value-array>\n<array-item>a:b</array-item>\n<array-item>c</array-item></value-array>",
      ids: ["a:b", "c"],
    },
    { items: "<value-array/>", ids: [] },
    { items: "<value-array>\n</value-array>", ids: [] },
  ])("may be the list $ids", ({ items, ids }) => {
    const { value } = xmlCodec.read(listLibraries, `<a:List-Result xmlns:a="n">${items}</a:List-Result>`) as {
      value: unknown; // what a list's root element holds
    };
    expect(listLibraries.read(value)).toEqual(ids);
  });

  test("keeps text as it is: white space, digits, references and CDATA", () => {
    expect(treeOf("<value> 007 &amp;#65; <![CDATA[<b>&amp;]]></value>")).toBe(" 007 &#65; <b>&amp;");
    expect(treeOf("<value>1e3</value>")).toBe("1e3");
    expect(treeOf("<value>true</value>")).toBe("true");
  });

  test("may have any prefix, or none", () => {
    expect(xmlCodec.read(getLibrary, '<Get-Result xmlns="n"><value>v</value></Get-Result>')).toEqual({
      value: "v",
    });
  });

  test("is nothing when there is no body", () => {
    expect(xmlCodec.read(getLibrary, " \n")).toBeUndefined();
  });
});

describe("a document is refused", () => {
  const inside = (text: string) => `<a:Get-Result xmlns:a="n"><value>${text}</value></a:Get-Result>`;
  test.each([
    { that: "declares a document type", text: `<!DOCTYPE a>${inside("v")}` },
    {
      that: "declares entities upon entities",
      text: `<!doctype a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${inside("&b;")}`,
    },
    {
      that: "declares an outer entity",
      text: `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]>${inside("&x;")}`,
    },
    { that: "is cut off", text: inside("v").slice(0, -8) },
    { that: "closes another element than it opened", text: "<a:Get-Result><value>v</a:Get-Result></value>" },
    { that: "has two roots", text: `${inside("v")}${inside("v")}` },
    { that: "is the result of another operation", text: inside("v").replaceAll("Get", "List") },
    { that: "has a text that no value of vCenter's is as long as", text: inside("v".repeat(1_000_001)) },
    { that: "is nested without end", text: inside("<x>".repeat(5000) + "</x>".repeat(5000)) },
    { that: "reaches for a prototype", text: inside("<__proto__><name>x</name></__proto__>") },
    { that: "is JSON", text: '{"value":"v"}' },
  ])("that $that", ({ text }) => {
    expect(() => xmlCodec.read(getLibrary, text)).toThrow(Malformed);
  });

  test("member by member, naming the one that is wrong", () => {
    const result = treeOf("<value><id>l</id><name><b>x</b></name><type>LOCAL</type></value>");
    expect(() => getLibrary.read(result)).toThrow("name is a structure, not text");
    expect(() => getLibrary.read(treeOf("<value><id>l</id></value>"))).toThrow("name is missing");
  });

  test("for a number that is none, or is too large to be exact", () => {
    const file = (size: string) => prepared(PREPARED.replace("<size>12</size>", `<size>${size}</size>`));
    expect(() => file("9007199254740993")).toThrow("size is 9007199254740993, not an integer below 2^53");
    expect(() => file("twelve")).toThrow("size is text, not an integer");
    expect(file(" 12 ")?.size).toBe(12);
  });
});

describe("a request in XML", () => {
  test("carries any file name there and back", () => {
    // XML reads every line break as a line feed, and has no way to write most control characters.
    const names = fc.string({ unit: "binary", minLength: 1 }).filter((name) => !/\p{C}/u.test(name));
    fc.assert(
      fc.property(names, (name) => {
        const text = xmlCodec.write(operations.getSessionFile, { file_name: name });
        const echoed = text.replaceAll("Get-Input", "Get-Result").replaceAll("file_name", "value");
        expect(xmlCodec.read(operations.getSessionFile, echoed)).toEqual({ value: name });
      }),
    );
  });

  test("writes a list as array items", () => {
    const text = xmlCodec.write(getLibrary, { args: ["a", "b"], absent: undefined });
    expect(text).toContain(
      "><args-array><array-item>a</array-item><array-item>b</array-item></args-array></",
    );
  });

  test("is refused for a character that XML cannot hold", () => {
    expect(() => xmlCodec.write(operations.getSessionFile, { file_name: "a\u0000b" })).toThrow(InvalidInput);
  });
});
