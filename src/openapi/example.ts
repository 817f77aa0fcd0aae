import type { JsonSchema } from '../schema/json-schema.ts'

/** Returns a value that a schema accepts: its example if it has one, else the simplest that fits. */
export function exampleOf(schema: JsonSchema): unknown {
  if (Object.hasOwn(schema, 'const')) return schema.const
  const [example] = listOf(schema.examples) ?? [schema.default]
  return example ?? schema.enum?.[0] ?? plain(schema)
}

/** Returns a body: the schema's example if it has one, else its required properties alone. */
export function exampleBody(schema: JsonSchema): unknown {
  const { required = [], properties = {} } = schema
  const named = required.map((name) => [name, exampleOf(properties[name] ?? {})])
  return listOf(schema.examples)?.[0] ?? Object.fromEntries(named)
}

function plain(schema: JsonSchema): unknown {
  const { type, properties = {}, items = {} } = schema
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(property)]))
    case 'array':
      return [exampleOf(items as JsonSchema)]
    case 'string':
      return schema.format === 'uri' ? 'https://example.com' : 'example'
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return false
    default:
      return null
  }
}

function listOf(examples: unknown): readonly unknown[] | undefined {
  return Array.isArray(examples) ? examples : undefined
}
