import * as z from "zod";
// What is registered with an id by these becomes a component.
import { idempotencyKeySchema, listQuerySchema } from "../../functions/api/schemas.ts";

/** The description of the HTTP API in OpenAPI 3.1, made of the schemas that judge its requests. */
export function openApi(version: string): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "library-export",
      version,
      description:
        "Exports items of VMware vSphere Content Libraries to Amazon S3, and mirrors whole libraries.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    // API Gateway's address is known only once it is deployed.
    servers: [{ url: "/" }],
    security: [{ sigv4: [] }],
    paths: Object.assign({}, ...COLLECTIONS.map(pathsOf)),
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

/** What API Gateway may answer by itself (cdk/gatewayProblems.ts): 400 to a signature that it cannot read. */
const GATEWAYS_OWN = [400, 403, 429, 500, 504];

function problems(...statuses: number[]): Record<string, object> {
  const all = [...new Set([...GATEWAYS_OWN, 503, ...statuses])].sort((a, b) => a - b);
  return Object.fromEntries(all.map((status) => [status, { $ref: "#/components/responses/Problem" }]));
}

const id = {
  name: "id",
  in: "path",
  required: true,
  description: "Name of the execution.",
  schema: { type: "string", minLength: 1, maxLength: 80 },
};

interface Collection {
  /** As operations and schemas are named after it. */
  word: "Export" | "Sync";
  plural: "exports" | "syncs";
  start: string;
  look: string;
  stop: string;
}

const COLLECTIONS: Collection[] = [
  {
    word: "Export",
    plural: "exports",
    start: "Start an export",
    look: "Look at an export and each of its files",
    stop: "Stop an export, and have removed what it has opened",
  },
  {
    word: "Sync",
    plural: "syncs",
    start: "Start the sync of a library",
    look: "Look at a sync and what it has done so far",
    stop: "Stop a sync and the exports that it has started, and have removed what they have opened",
  },
];

function pathsOf(collection: Collection): Record<string, object> {
  const { plural } = collection;
  return {
    [`/${plural}`]: { post: post(collection), get: list(collection) },
    [`/${plural}/{id}`]: { parameters: [id], get: get(collection), delete: stop(collection) },
  };
}

function post({ word, start }: Collection) {
  /** What can be done next with what an answer names. */
  const links = [`get${word}`, `stop${word}`].map((operationId) => [
    operationId,
    { operationId, parameters: { id: "$response.body#/id" } },
  ]);
  return {
    operationId: `start${word}`,
    summary: start,
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        description:
          "The same key with the same body leads to the same execution, also when that has ended. The name of the " +
          "execution has it in it.",
        schema: schemaOf(idempotencyKeySchema),
      },
    ],
    requestBody: { required: true, content: json(`${word}Request`) },
    responses: {
      201: {
        description: "The execution that was started, or that the idempotency key leads to.",
        headers: {
          Location: { description: "Where it can be looked at.", schema: { type: "string" } },
        },
        content: json("ExecutionSummary"),
        links: Object.fromEntries(links),
      },
      ...problems(400, 409, 413, 415),
    },
  };
}

function list({ word, plural }: Collection) {
  return {
    operationId: `list${word}s`,
    summary: `List the ${plural} of the last 90 days, the latest first`,
    parameters: parametersOf(listQuerySchema),
    responses: {
      200: { description: `A page of ${plural}.`, content: json(`${word}List`) },
      ...problems(400, 404),
    },
  };
}

function get({ word, look }: Collection) {
  return {
    operationId: `get${word}`,
    summary: look,
    responses: {
      200: { description: "How it stands.", content: json(`${word}Status`) },
      ...problems(404),
    },
  };
}

function stop({ word, stop: summary }: Collection) {
  return {
    operationId: `stop${word}`,
    summary,
    description: "What has ended stays as it is.",
    responses: {
      202: {
        description: "It is stopped. What it has opened is removed soon after.",
        content: json("ExecutionSummary"),
      },
      ...problems(404),
    },
  };
}

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
