import type { PrepareStep } from "./behaviour.ts";
import { digestOf, openContent } from "./content.ts";
import { stableId, versionOnDisk } from "./identity.ts";
import type { FileSource, LibrarySource } from "./options.ts";

const MIB = 1024 * 1024;
const DISK = { name: "appliance-disk1.vmdk", content: { size: 48 * MIB, seed: "disk" } };
const NVRAM = { name: "appliance.nvram", content: { size: 8684, seed: "nvram" } };

/** A preparation that somebody who watches can follow. */
const LEISURELY: PrepareStep[] = [
  { status: "UNPREPARED" },
  { status: "PREPARE_REQUESTED" },
  { status: "PREPARING" },
  { status: "PREPARED" },
];

/**
 * What `npm start` exports when it is not given a folder: an OVF of several files, made while they are sent; a real
 * file above 100 MB that is on the disk anyway, the program that runs this; and a small image whose checksum is
 * known before it is downloaded.
 */
export async function sampleLibraries(): Promise<LibrarySource[]> {
  const descriptor = { name: "appliance.ovf", content: Buffer.from(ovfDescriptor()) };
  const manifest = { name: "appliance.mf", content: await ovfManifest([descriptor, DISK, NVRAM]) };
  const version = await versionOnDisk(process.execPath);
  const program = { name: "node", path: process.execPath, version, prepare: LEISURELY };
  const items = [
    { name: "appliance", type: "ovf", files: [descriptor, manifest, { ...DISK, prepare: LEISURELY }, NVRAM] },
    { name: "node", type: "other", contentVersion: version, files: [program] },
    { name: "rescue", type: "iso", files: [rescueImage()] },
  ];
  const named = items.map((item) => ({ id: stableId("sample", item.name), ...item }));
  return [{ id: stableId("sample"), name: "Golden Images", items: named }];
}

function rescueImage(): FileSource {
  return { name: "rescue.iso", content: { size: 6 * MIB, seed: "iso" }, checksum: "SHA256" };
}

/** As the OVF specification has it: a line with the digest of each file of the package. */
async function ovfManifest(files: FileSource[]): Promise<Buffer> {
  const lines = files.map(async (file) => {
    return `SHA256(${file.name})= ${await digestOf(await openContent(file), "SHA256")}\n`;
  });
  return Buffer.from((await Promise.all(lines)).join(""));
}

function ovfDescriptor(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
    xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References>
    <File ovf:id="file1" ovf:href="${DISK.name}" ovf:size="${DISK.content.size}"/>
    <File ovf:id="file2" ovf:href="${NVRAM.name}" ovf:size="${NVRAM.content.size}"/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20"
        ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <VirtualSystem ovf:id="appliance">
    <Info>A virtual machine</Info>
    <Name>appliance</Name>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <Item>
        <rasd:ElementName>1 virtual CPU</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>1</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
        <rasd:ElementName>512 MB of memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>512</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:ElementName>SCSI controller</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType>
        <rasd:ResourceType>6</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AddressOnParent>0</rasd:AddressOnParent>
        <rasd:ElementName>Hard disk 1</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource>
        <rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent>
        <rasd:ResourceType>17</rasd:ResourceType>
      </Item>
      <vmw:ExtraConfig ovf:required="false" vmw:key="nvram" vmw:value="ovf:/file/file2"/>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}
