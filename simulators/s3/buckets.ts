import { bucketOf, findObject, keyOf, type Operation, versionHeader } from "./context.ts";
import { S3Error } from "./errors.ts";
import { buildXml } from "./xml.ts";

export const headBucket: Operation = async (context, request) => {
  bucketOf(context, request);
  return { status: 200, headers: { "x-amz-bucket-region": context.region } };
};

export const getBucketLocation: Operation = async (context, request) => {
  bucketOf(context, request);
  // S3 says nothing for the region that was the first.
  const region = context.region === "us-east-1" ? "" : context.region;
  return { status: 200, headers: {}, body: buildXml({ LocationConstraint: { "#text": region } }) };
};

export const getObjectLockConfiguration: Operation = async (context, request) => {
  const { retention } = bucketOf(context, request);
  if (!retention) throw new S3Error("ObjectLockConfigurationNotFoundError");
  const rule = { DefaultRetention: { Mode: retention.mode, Days: retention.days } };
  const result = { ObjectLockEnabled: "Enabled", Rule: rule };
  return { status: 200, headers: {}, body: buildXml({ ObjectLockConfiguration: result }) };
};

export const getObjectTagging: Operation = async (context, request) => {
  const version = await findObject(bucketOf(context, request), keyOf(request), request.query.versionId);
  const tags = version.attributes.tags.map(([Key, Value]) => ({ Key, Value }));
  return {
    status: 200,
    headers: versionHeader(version),
    body: buildXml({ Tagging: { TagSet: { Tag: tags } } }),
  };
};
