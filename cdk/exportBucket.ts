import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { normalizePrefix } from "../functions/catalog/keys.ts";

export interface ExportBucketProps {
  /**
   * Key that encrypts the objects.
   * @default - keys managed by S3
   */
  readonly kmsKey?: IKey;

  /**
   * Prefix whose staging objects and run records expire.
   * @default "" - the bucket's root
   */
  readonly prefix?: string;

  /**
   * How long a replaced or deleted version of an object is kept.
   * @default Duration.days(30)
   */
  readonly noncurrentVersionExpiration?: Duration;
}

/** A private, versioned bucket that removes by itself what a stopped export may leave. It outlives its stack. */
export class ExportBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ExportBucketProps = {}) {
    super(scope, id);
    const records = `${normalizePrefix(props.prefix ?? "", "prefix")}.library-export/`;
    this.bucket = new Bucket(this, "Bucket", {
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(props.kmsKey
        ? { encryption: BucketEncryption.KMS, encryptionKey: props.kmsKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: "AbortIncompleteUploads", abortIncompleteMultipartUploadAfter: Duration.days(7) },
        {
          id: "ExpireStaging",
          prefix: `${records}staging/`,
          expiration: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: "ExpireRunRecords",
          prefix: `${records}runs/`,
          expiration: Duration.days(30),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: "ExpireSyncPages",
          prefix: `${records}syncs/`,
          expiration: Duration.days(30),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: "ExpireNoncurrentVersions",
          noncurrentVersionExpiration: props.noncurrentVersionExpiration ?? Duration.days(30),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Who reads and writes objects is CloudTrail's to record (data events); an access log bucket is the account's choice, and can be set on a bucket of one's own",
    });
  }
}
