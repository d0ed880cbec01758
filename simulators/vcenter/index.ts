export type { Behaviour, Dialect, PrepareStep } from "./behaviour.ts";
export type { Fault } from "./fault.ts";
export { leftOut, librariesFromFolder } from "./folder.ts";
export type { FileSource, ItemSource, LibrarySource, MadeBytes, VcenterOptions } from "./options.ts";
export { sampleLibraries } from "./sampleLibrary.ts";
export { startVcenter, type VcenterSimulator } from "./vcenter.ts";
