import type { JsonSchema } from '../schema/json-schema.ts'

/** A value that a schema takes: an example of it, where it has any, else the plainest that fits. */
export function exampleOf(schema: JsonSchema): unknown {
  if (Object.hasOwn(schema, 'const')) return schema.const
  const [example] = listOf(schema.examples) ?? [schema.default]
  return example ?? schema.enum?.[0] ?? plain(schema)
}

/** A body with all that a schema requires, and no more. */
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
