import * as z from 'zod'
import { type FlagName, isOn } from './events.ts'
import { labelOf } from './label.ts'
import type { Param, Service, Values } from './service.ts'

/** A schema of JSON Schema, draft 2020-12. */
export interface JsonSchema {
  type?: string | readonly string[]
  enum?: readonly unknown[]
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
  [keyword: string]: unknown
}

export const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** What our own marks tell is said elsewhere. */
const MARKS = ['endpoint', 'aliasOf', 'address', 'multiline', 'suggestions'] as const

/** What a zod schema takes, once it is read: of what is coerced, the canonical form alone. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', override: tidy })
  return rest as JsonSchema
}

function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  for (const mark of MARKS) delete jsonSchema[mark]
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  const { required, properties } = jsonSchema
  if (required) jsonSchema.required = required.filter((name) => !hasDefault(properties?.[name]))
  const [field, none] = Array.isArray(jsonSchema.anyOf) ? jsonSchema.anyOf : []
  if (none?.type !== 'null' || typeof field?.type !== 'string') return
  delete jsonSchema.anyOf
  Object.assign(jsonSchema, { ...nullable(field as JsonSchema), ...jsonSchema })
}

function hasDefault(property: z.core.JSONSchema._JSONSchema | undefined): boolean {
  return typeof property === 'object' && property.default !== undefined
}

/** What a parameter may be set to. */
export function valueSchema(param: Param): JsonSchema {
  const { name, schema, fallback } = param
  return { title: labelOf(name), ...toJsonSchema(schema), ...(fallback !== null && { default: fallback }) }
}

/**
 * What a service takes. `isWhole` asks for all that a new row needs; an edit may leave out what is saved.
 * `isClearable` lets `null` clear what is optional.
 */
export function bodySchema(
  service: Service,
  { isWhole, isClearable }: { isWhole: boolean; isClearable: boolean },
): JsonSchema {
  const { params, flags, aliases, initialFlags } = service
  const optional = (schema: JsonSchema) => (isClearable ? nullable(schema) : schema)
  const fields = params.map((param) => {
    const schema = valueSchema(param)
    return [param.name, param.required ? notBlank(schema) : optional(schema)] as const
  })
  const switches = [...flags].map((flag) => [flag, optional(flagSchema(flag, isOn(initialFlags, flag)))] as const)
  const others = Object.entries(aliases).map(([name, flag]) => [name, optional(spellingSchema(flag))] as const)
  return {
    title: service.title,
    description: service.description,
    ...(service.deprecated !== undefined && { deprecated: true }),
    type: 'object',
    properties: {
      ...Object.fromEntries(fields),
      active: ACTIVE,
      ...Object.fromEntries([...switches, ...others]),
      ...INHERITANCE,
    },
    ...(isWhole && requirements(service)),
  }
}

const ACTIVE: JsonSchema = { title: 'Active', description: 'Switch the service on', type: 'boolean', default: true }

const INHERITANCE = {
  use_inherited_settings: {
    description: 'There is nothing to inherit yet: only `false` is taken',
    type: 'boolean',
    const: false,
  },
}

function flagSchema(flag: FlagName, isOn: boolean): JsonSchema {
  const description =
    flag === 'comment_on_event_enabled'
      ? 'Comment on the issues that commits and merge requests name'
      : `Trigger the service on ${flag.replace(/_events$/, '').replaceAll('_', ' ')} events`
  return { title: labelOf(flag), description, type: 'boolean', default: isOn }
}

function spellingSchema(flag: string): JsonSchema {
  return { description: `Another spelling of \`${flag}\``, type: 'boolean', deprecated: true }
}

function requirements({ params, requiredUnless }: Service): JsonSchema {
  const required = params.flatMap((param) => (param.required ? param.name : []))
  const conditions = Object.entries(requiredUnless).map(([name, unless]) => requiredUnlessSchema(name, unless))
  return { ...(required.length > 0 && { required }), ...(conditions.length > 0 && { allOf: conditions }) }
}

function requiredUnlessSchema(name: string, unless: Values): JsonSchema {
  const exempt = Object.entries(unless).map(([other, value]) => ({
    required: [other],
    properties: { [other]: { const: value } },
  }))
  return { if: { anyOf: exempt }, else: { required: [name], properties: { [name]: { not: { type: 'null' } } } } }
}

/** Something other than white space. */
function notBlank(schema: JsonSchema): JsonSchema {
  return schema.type === 'string' && schema.pattern === undefined && schema.enum === undefined
    ? { ...schema, minLength: 1, pattern: '\\S' }
    : schema
}

export function nullable(schema: JsonSchema): JsonSchema {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return { ...schema, type: [...types, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) }
}
