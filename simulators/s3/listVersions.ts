import { bucketOf, type Operation } from "./context.ts";
import { compareKeys, keyEncoding, PAGE } from "./paging.ts";
import type { ObjectVersion } from "./record.ts";
import { queryInteger } from "./request.ts";
import { buildXml, type XmlValue } from "./xml.ts";

interface Entry {
  key: string;
  version: ObjectVersion;
  isLatest: boolean;
}

/** ListObjectVersions: versions and delete markers by key, the newest of a key first; `null` without versioning. */
export const listObjectVersions: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const { prefix = "", "key-marker": keyMarker = "", "version-id-marker": idMarker = "" } = request.query;
  const encodingType = request.query["encoding-type"];
  const encode = keyEncoding(encodingType);
  const max = Math.min(PAGE, queryInteger(request, "max-keys", PAGE));
  const all: Entry[] = bucket
    .allVersions()
    .filter(({ key }) => key.startsWith(prefix))
    .flatMap(({ key, versions }) =>
      versions.map((version, index) => ({ key, version, isLatest: index === 0 })),
    );
  const marked = all.findIndex(({ key, version }) => key === keyMarker && idOf(version) === idMarker);
  const rest = marked < 0 ? all.filter(({ key }) => compareKeys(key, keyMarker) > 0) : all.slice(marked + 1);
  const page = rest.slice(0, max);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  const result = {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: idMarker,
    NextKeyMarker: last && encode(last.key),
    NextVersionIdMarker: last && idOf(last.version),
    MaxKeys: max,
    EncodingType: encodingType,
    IsTruncated: last !== undefined,
    Version: page
      .filter(({ version }) => !version.deleteMarker)
      .map((entry) => versionElement(entry, encode)),
    DeleteMarker: page
      .filter(({ version }) => version.deleteMarker)
      .map((entry) => markerElement(entry, encode)),
  };
  return { status: 200, headers: {}, body: buildXml({ ListVersionsResult: result }) };
};

function idOf({ versionId }: ObjectVersion): string {
  return versionId ?? "null";
}

function markerElement({ key, version, isLatest }: Entry, encode: (key: string) => string) {
  return {
    Key: encode(key),
    VersionId: idOf(version),
    IsLatest: isLatest,
    LastModified: new Date(version.lastModified).toISOString(),
  };
}

function versionElement(entry: Entry, encode: (key: string) => string): XmlValue {
  const { etag, size, attributes } = entry.version;
  return {
    ...markerElement(entry, encode),
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: attributes.storageClass,
  };
}
