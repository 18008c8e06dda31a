/**
 * The OpenAPI v2 document in protobuf, as older kubectl asks for it: gnostic's `openapi.v2.Document` (openapiv2/OpenAPIv2.proto). Only
 * what our own document has in it is written.
 */
type Json = Record<string, unknown>;

/** Builds one message: fields in the order in which they are written. */
class Message {
  readonly #parts: Buffer[] = [];

  #tag(field: number, wireType: number): void {
    this.#parts.push(varint(field * 8 + wireType));
  }

  bytes(field: number, value: Buffer): this {
    this.#tag(field, 2);
    this.#parts.push(varint(value.length), value);
    return this;
  }

  string(field: number, value: unknown): this {
    return typeof value === 'string' && value !== '' ? this.bytes(field, Buffer.from(value)) : this;
  }

  strings(field: number, values: unknown): this {
    if (Array.isArray(values)) for (const value of values) this.bytes(field, Buffer.from(String(value)));
    return this;
  }

  boolean(field: number, value: unknown): this {
    if (value !== true) return this;
    this.#tag(field, 0);
    this.#parts.push(varint(1));
    return this;
  }

  message(field: number, value: Message | undefined): this {
    return value ? this.bytes(field, value.done()) : this;
  }

  messages(field: number, values: Iterable<Message>): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

/** `Any` with its value as YAML, of which JSON is a part. */
function any(value: unknown): Message {
  return new Message().string(2, `${JSON.stringify(value)}\n`);
}

function named(name: string, value: Message): Message {
  return new Message().string(1, name).message(2, value);
}

function extensions(of: Json): Message[] {
  return Object.entries(of)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, value]) => named(key, any(value)));
}

const entries = (value: unknown): [string, Json][] => Object.entries((value ?? {}) as Record<string, Json>);

function schema(of: Json): Message {
  const message = new Message().string(1, of.$ref).string(2, of.format).string(3, of.title).string(4, of.description);
  if (of.default !== undefined) message.message(5, any(of.default));
  message.strings(19, of.required);
  if (Array.isArray(of.enum)) message.messages(20, of.enum.map(any));
  if (typeof of.additionalProperties === 'boolean') message.message(21, new Message().boolean(2, of.additionalProperties));
  else if (of.additionalProperties) message.message(21, new Message().message(1, schema(of.additionalProperties as Json)));
  if (of.type !== undefined) message.message(22, new Message().strings(1, Array.isArray(of.type) ? of.type : [of.type]));
  if (of.items) message.message(23, new Message().message(1, schema(of.items as Json)));
  if (Array.isArray(of.allOf)) message.messages(24, (of.allOf as Json[]).map(schema));
  if (of.properties) message.message(25, new Message().messages(1, entries(of.properties).map(([name, value]) => named(name, schema(value)))));
  return message.messages(31, extensions(of));
}

function parameter(of: Json): Message {
  if (of.in === 'body') return new Message().message(1, new Message().message(1, new Message().string(2, of.name).string(3, of.in).boolean(4, of.required).message(5, schema(of.schema as Json))));
  const plain = of.in === 'path' ? new Message().boolean(1, of.required).string(2, of.in).string(4, of.name).string(5, of.type) : new Message().boolean(1, of.required).string(2, of.in).string(4, of.name).string(6, of.type);
  return new Message().message(1, new Message().message(2, new Message().message(of.in === 'path' ? 4 : 3, plain)));
}

function response(of: Json): Message {
  const message = new Message().string(1, of.description);
  if (of.schema) message.message(2, new Message().message(1, schema(of.schema as Json)));
  return new Message().message(1, message);
}

function operation(of: Json): Message {
  return new Message()
    .string(5, of.operationId)
    .strings(6, of.produces)
    .strings(7, of.consumes)
    .messages(8, ((of.parameters ?? []) as Json[]).map(parameter))
    .message(9, new Message().messages(1, entries(of.responses).map(([code, value]) => named(code, response(value)))))
    .messages(13, extensions(of));
}

const METHOD_FIELDS: [string, number][] = [['get', 2], ['put', 3], ['post', 4], ['delete', 5], ['patch', 8]];

function path(of: Json): Message {
  const message = new Message();
  for (const [method, field] of METHOD_FIELDS) if (of[method]) message.message(field, operation(of[method] as Json));
  return message;
}

/** Documents are kept by the API server; so are their encodings. */
const encoded = new WeakMap<object, Buffer>();

/** @param document Swagger 2.0. */
export function encodeOpenApi(document: Json): Buffer {
  const known = encoded.get(document);
  if (known) return known;
  const info = document.info as Json;
  const bytes = new Message()
    .string(1, document.swagger)
    .message(2, new Message().string(1, info.title).string(2, info.version))
    .message(8, new Message().messages(2, entries(document.paths).map(([name, value]) => named(name, path(value)))))
    .message(9, new Message().messages(1, entries(document.definitions).map(([name, value]) => named(name, schema(value)))))
    .done();
  encoded.set(document, bytes);
  return bytes;
}
