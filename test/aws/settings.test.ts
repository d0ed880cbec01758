import { describe, expect, test } from "vitest";
import { awsTestSettings } from "./settings.ts";

const REGION = { LIBRARY_EXPORT_TEST_REGION: "eu-central-1" };

describe("the tests in an AWS account", () => {
  test("do not begin before their user has said where", () => {
    expect(awsTestSettings({ AWS_REGION: "eu-central-1" })).toMatch(/Set LIBRARY_EXPORT_TEST_REGION/);
  });

  test("need no more than a region", () => {
    expect(awsTestSettings(REGION)).toEqual({ region: "eu-central-1", stack: undefined, vcenter: undefined });
  });

  test("want the item's id beside a vCenter, and hand on how to reach it", () => {
    const vcenter = { GOVC_URL: "https://vcenter.example.com", GOVC_USERNAME: "reader" };
    expect(awsTestSettings({ ...REGION, ...vcenter })).toMatch(/LIBRARY_EXPORT_TEST_ITEM_ID/);
    expect(awsTestSettings({ ...REGION, ...vcenter, LIBRARY_EXPORT_TEST_ITEM_ID: "id" })).toMatchObject({
      vcenter: { environment: vcenter, itemId: "id" },
    });
  });

  test("want a profile and an item beside a deployed stack", () => {
    const stack = {
      ...REGION,
      LIBRARY_EXPORT_TEST_STATE_MACHINE_ARN: "arn:aws:states:::stateMachine:export",
    };
    expect(awsTestSettings(stack)).toMatch(/LIBRARY_EXPORT_TEST_PROFILE/);
  });
});
