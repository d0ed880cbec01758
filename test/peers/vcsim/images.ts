import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../install/run.ts";

/** Bootable images, as Debian's packages bring them. */
export const ISO_IMAGES = {
  ipxe: "/usr/lib/ipxe/ipxe.iso",
  rescue: "/usr/lib/grub-rescue/grub-rescue-cdrom.iso",
  memtest: "/usr/lib/memtest86+/memtest86+x64.iso",
};

/** An OVF with its disk. */
export interface Appliance {
  descriptor: string;
  disk: string;
  /** What is on the disk, byte by byte. */
  raw: string;
}

/** Makes an appliance with the streamOptimized disk that vCenter wants, whose content is a bootable image. */
export async function makeAppliance(directory: string): Promise<Appliance> {
  await mkdir(directory, { recursive: true });
  const [raw, disk, descriptor] = ["disk.raw", "disk-0.vmdk", "appliance.ovf"].map((name) =>
    join(directory, name),
  );
  if (!raw || !disk || !descriptor) throw new TypeError("three names give three paths");
  await writeFile(raw, await readFile(ISO_IMAGES.rescue));
  await run("qemu-img", ["resize", "-q", "-f", "raw", raw, "64M"]);
  const format = ["-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized"];
  await run("qemu-img", ["convert", ...format, raw, disk]);
  await writeFile(descriptor, ovf("disk-0.vmdk", (await stat(disk)).size));
  return { descriptor, disk, raw };
}

/** Source: DMTF DSP0243, Open Virtualization Format. */
function ovf(disk: string, size: number): string {
  const namespace = "http://schemas.dmtf.org/ovf/envelope/1";
  const format = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${namespace}" xmlns:ovf="${namespace}">
  <References><File ovf:id="file1" ovf:href="${disk}" ovf:size="${size}"/></References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20" ovf:format="${format}"/>
  </DiskSection>
  <VirtualSystem ovf:id="appliance">
    <Info>A virtual machine</Info>
    <Name>appliance</Name>
    <VirtualHardwareSection><Info>Hardware</Info></VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}
