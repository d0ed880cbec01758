import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import { ContainerImage } from "aws-cdk-lib/aws-ecs";
import type { Construct } from "constructs";
import { root } from "../bin/bundleOptions.ts";
import { bundle, bundleFolder } from "./functionCode.ts";

const SOURCES = join(root, "functions", "container");

/**
 * The image of the container: Node and the bundle of functions/container/main.ts. Synthesis needs no Docker, which
 * builds it when it is deployed.
 */
export function containerImage(scope: Construct): ContainerImage {
  return ContainerImage.fromAsset(buildContext(scope), { platform: Platform.LINUX_ARM64 });
}

function buildContext(scope: Construct): string {
  // As for the functions, whoever only looks wants no bundle.
  if (!Stack.of(scope).bundlingRequired) return SOURCES;
  const folder = bundleFolder(scope, "container");
  bundle({ main: "functions/container/main.ts" }, folder);
  copyFileSync(join(SOURCES, "Dockerfile"), join(folder, "Dockerfile"));
  return folder;
}
