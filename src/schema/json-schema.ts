import * as z from 'zod'
import { type FlagName, isOn } from './events.ts'
import { labelOf } from './label.ts'
import type { DescribedService, Param, Service, Values } from './service.ts'

/** A schema of JSON Schema, draft 2020-12. */
export interface JsonSchema {
  type?: string | readonly string[]
  enum?: readonly unknown[]
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
  [keyword: string]: unknown
}

export const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** Internal metadata keys, removed from the public JSON Schema. */
const MARKS = ['endpoint', 'aliasOf', 'address', 'multiline', 'suggestions', 'labels'] as const

/** Returns the JSON Schema of the values that a zod schema produces: the canonical form, without what it coerces. */
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

/** Returns the JSON Schema of a parameter's value. */
export function valueSchema(param: Param): JsonSchema {
  const { name, schema, fallback } = param
  return { title: labelOf(name), ...toJsonSchema(schema), ...(fallback !== null && { default: fallback }) }
}

/**
 * Schema of the parameters of a service. `isWhole` asks for all that a new row needs; an edit may leave out what is saved.
 * `isClearable` lets `null` clear what is optional.
 */
export function bodySchema(
  service: DescribedService,
  { isWhole, isClearable }: { isWhole: boolean; isClearable: boolean },
): JsonSchema {
  const { params, flags, aliases } = service
  const optional = (schema: JsonSchema) => (isClearable ? nullable(schema) : schema)
  const fields = params.map((param) => {
    const schema = valueSchema(param)
    return [param.name, param.required ? notBlank(schema) : optional(schema)] as const
  })
  const switches = [...flags].map((flag) => [flag, optional(flagSchema(service, flag))] as const)
  const others = Object.entries(aliases).map(([name, flag]) => [name, optional(aliasSchema(flag))] as const)
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

const ACTIVE: JsonSchema = {
  title: 'Active',
  description: 'Whether the service is active',
  type: 'boolean',
  default: true,
}

const INHERITANCE = {
  use_inherited_settings: {
    title: 'Inherited settings',
    description: 'Settings cannot be inherited: only false is accepted',
    type: 'boolean',
    const: false,
  },
}

function flagSchema({ initialFlags, flagsFollowing }: Service, flag: FlagName): JsonSchema {
  const followed = flagsFollowing.find(([follower]) => follower === flag)?.[1]
  const description = followed === undefined ? describeFlag(flag) : `${describeFlag(flag)}. Always equal to ${followed}`
  const title = flag === 'comment_on_event_enabled' ? 'Comments' : labelOf(flag)
  return { title, description, type: 'boolean', default: isOn(initialFlags, flag) }
}

function describeFlag(flag: FlagName): string {
  return flag === 'comment_on_event_enabled'
    ? 'Add a comment to issues that commits and merge requests mention'
    : `Whether ${flag.replace(/_events$/, '').replaceAll('_', ' ')} events trigger the service`
}

function aliasSchema(flag: string): JsonSchema {
  return { title: labelOf(flag), description: `Alias of ${flag}`, type: 'boolean', deprecated: true }
}

function requirements({ params, requiredUnless }: Service): JsonSchema {
  const required = params.flatMap((param) => (param.required ? param.name : []))
  const conditions = Object.entries(requiredUnless).map(([name, unless]) => requiredUnlessSchema(name, unless))
  return { ...(required.length > 0 && { required }), ...(conditions.length > 0 && { allOf: conditions }) }
}

/** As alternatives, which code generators understand, and not as `if` and `else`. */
function requiredUnlessSchema(name: string, unless: Values): JsonSchema {
  const exempt = Object.entries(unless).map(([other, value]) => ({
    required: [other],
    properties: { [other]: { const: value } },
  }))
  return { anyOf: [{ required: [name], properties: { [name]: { not: { type: 'null' } } } }, ...exempt] }
}

/** Requires a character other than white space. */
function notBlank(schema: JsonSchema): JsonSchema {
  return schema.type === 'string' && schema.pattern === undefined && schema.enum === undefined
    ? { ...schema, minLength: 1, pattern: '\\S' }
    : schema
}

export function nullable(schema: JsonSchema): JsonSchema {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  return { ...schema, type: [...types, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) }
}
