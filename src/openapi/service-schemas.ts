import { eventNames, ownFlags, sharedFlags } from '../schema/events.ts'
import { bodySchema, type JsonSchema, nullable, toJsonSchema, valueSchema } from '../schema/json-schema.ts'
import type { Param, Service } from '../schema/service.ts'
import { time } from '../schema/time.ts'
import type { NamedSchema } from './operation.ts'
import { ref } from './resource.ts'

const BOOLEAN: JsonSchema = { type: 'boolean' }

/** The request and response schemas of one service. */
export function serviceSchemas(service: Service): NamedSchema[] {
  const name = schemaName(service.slug)
  return [
    { name, schema: bodySchema(service, { isWhole: true, isClearable: true }) },
    { name: `${name}Edit`, schema: bodySchema(service, { isWhole: false, isClearable: true }) },
    { name: `${name}Settings`, schema: settingsSchema(service) },
  ]
}

/** The schemas that all services share. */
export function sharedSchemas(): NamedSchema[] {
  return [
    { name: 'Export', schema: object({ services: { type: 'object', additionalProperties: { type: 'object' } } }) },
    {
      name: 'Secret',
      schema: object({
        set: BOOLEAN,
        fingerprint: { type: ['string', 'null'], examples: ['k1:9f86d081884c7d65'] },
        updated_at: nullable(toJsonSchema(time)),
      }),
    },
    { name: 'Settings', schema: anySettingsSchema() },
  ]
}

/** The short or long shape of any service. */
function anySettingsSchema(): JsonSchema {
  const common = head({ type: 'string' }, { type: 'string' })
  return object(
    {
      ...common,
      ...flags([...sharedFlags]),
      inherited: BOOLEAN,
      ...flags(ownFlags(eventNames)),
      properties: { type: 'object' },
      secrets: { type: 'object', additionalProperties: ref('Secret') },
    },
    [...Object.keys(common), ...sharedFlags, 'inherited'],
  )
}

/** The long shape of one service. */
function settingsSchema({ params, slug, title, ownFlags }: Service): JsonSchema {
  const secrets = params.filter(({ secret }) => secret)
  const stored = params.filter(({ secret }) => !secret)
  return object({
    ...head({ type: 'string', const: title }, { type: 'string', const: slug }),
    ...flags(sharedFlags),
    inherited: BOOLEAN,
    ...flags(ownFlags),
    properties: object(
      Object.fromEntries(params.map((param) => [param.name, answerSchema(param)])),
      stored.map(({ name }) => name),
    ),
    secrets: object(Object.fromEntries(secrets.map(({ name }) => [name, ref('Secret')]))),
  })
}

function head(title: JsonSchema, slug: JsonSchema): Record<string, JsonSchema> {
  const moment = toJsonSchema(time)
  return { id: { type: 'integer' }, title, slug, created_at: moment, updated_at: moment, active: BOOLEAN }
}

function flags(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, BOOLEAN]))
}

/** What is saved may be older than the rules for what is sent. */
function answerSchema(param: Param): JsonSchema {
  const { title, description, type, items, enum: options, deprecated } = valueSchema(param)
  const schema: JsonSchema = {
    title,
    description: param.secret ? 'Only with `with_secrets=true`' : description,
    ...(type !== undefined && { type }),
    ...(type === 'array' && { items: { type: (items as JsonSchema).type } }),
    ...(options && { enum: options }),
    ...(deprecated === true && { deprecated }),
  }
  const isAlwaysSet = (param.required && !param.secret) || param.fallback !== null || param.aliasOf !== undefined
  return isAlwaysSet ? schema : nullable(schema)
}

function object(properties: Readonly<Record<string, JsonSchema>>, required = Object.keys(properties)): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** The name of a service in schemas and operation ids. */
export function schemaName(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
