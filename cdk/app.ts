import { App } from "aws-cdk-lib";
import { readSettings } from "./contextSettings.ts";
import { LibraryExportStack } from "./libraryExportStack.ts";

const app = new App();
const { stackName, ...settings } = readSettings(app.node.getAllContext());
new LibraryExportStack(app, stackName, settings);
