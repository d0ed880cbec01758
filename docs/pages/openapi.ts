import { z } from "zod";
// What is registered with an id by these becomes a component.
import { idempotencyKeySchema, listQuerySchema } from "../../functions/api/schemas.ts";

/** The description of the HTTP API in OpenAPI 3.1, made of the schemas that judge its requests. */
export function openApi(version: string): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "library-export",
      version,
      description: "Exports items of VMware vSphere Content Libraries to Amazon S3.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    // API Gateway's address is known only once it is deployed.
    servers: [{ url: "/" }],
    security: [{ sigv4: [] }],
    paths: { "/exports": { post, get: list }, "/exports/{id}": { parameters: [id], get, delete: stop } },
    components: {
      schemas: componentSchemas(),
      responses: { Problem: problem },
      securitySchemes: {
        sigv4: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "AWS Signature Version 4, for the service execute-api.",
          "x-amazon-apigateway-authtype": "awsSigv4",
        },
      },
    },
  };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ "application/json": { schema: ref(name) } });

const problem = {
  description: "What is wrong, as RFC 9457 has it. `name` is that of docs/errors.md.",
  content: { "application/problem+json": { schema: ref("Problem") } },
};

/** 403 and 429 are API Gateway's own. */
function problems(...statuses: number[]): Record<string, object> {
  const all = [403, 429, 500, 503, ...statuses].sort((a, b) => a - b);
  return Object.fromEntries(all.map((status) => [status, { $ref: "#/components/responses/Problem" }]));
}

const id = {
  name: "id",
  in: "path",
  required: true,
  description: "Name of the execution.",
  schema: { type: "string", minLength: 1, maxLength: 80 },
};

/** What can be done next with an export that an answer names. */
const links = Object.fromEntries(
  ["getExport", "stopExport"].map((operationId) => [
    operationId,
    { operationId, parameters: { id: "$response.body#/id" } },
  ]),
);

const post = {
  operationId: "startExport",
  summary: "Start an export",
  parameters: [
    {
      name: "Idempotency-Key",
      in: "header",
      description:
        "The same key with the same body leads to the same execution, also when that has ended. The name of the " +
        "execution begins with it.",
      schema: schemaOf(idempotencyKeySchema),
    },
  ],
  requestBody: { required: true, content: json("ExportRequest") },
  responses: {
    201: {
      description: "The execution that was started, or that the idempotency key leads to.",
      headers: {
        Location: { description: "Where the export can be looked at.", schema: { type: "string" } },
      },
      content: json("ExportSummary"),
      links,
    },
    ...problems(400, 409, 413, 415),
  },
};

const list = {
  operationId: "listExports",
  summary: "List the exports of the last 90 days, the latest first",
  parameters: parametersOf(listQuerySchema),
  responses: {
    200: { description: "A page of exports.", content: json("ExportList") },
    ...problems(400, 404),
  },
};

const get = {
  operationId: "getExport",
  summary: "Look at an export and each of its files",
  responses: {
    200: { description: "How the export stands.", content: json("ExportStatus") },
    ...problems(404),
  },
};

const stop = {
  operationId: "stopExport",
  summary: "Stop an export, and have removed what it has opened",
  description: "An export that has ended stays as it is.",
  responses: {
    202: {
      description: "It is stopped. What it has opened is removed soon after.",
      content: json("ExportSummary"),
    },
    ...problems(404),
  },
};

function componentSchemas(): Record<string, object> {
  // As a client sends it: what has a default may be left out; and what is added to an answer later breaks none.
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: "input",
    uri: (name) => `#/components/schemas/${name}`,
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}

function parametersOf(query: z.ZodObject): object[] {
  const { properties = {} } = schemaOf(query);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
}

function schemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return bare(z.toJSONSchema(schema, { io: "output" }));
}

/** OpenAPI 3.1 says itself which JSON Schema it has, and where a component is. */
function bare({ $schema: _dialect, $id: _place, id: _name, ...schema }: z.core.JSONSchema.BaseSchema) {
  return schema;
}
