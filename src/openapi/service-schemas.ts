import { healthShape } from '../schema/delivery-response.ts'
import { sharedFlags } from '../schema/events.ts'
import { bodySchema, type JsonSchema, nullable, toJsonSchema, valueSchema } from '../schema/json-schema.ts'
import type { DescribedService, Param, Service } from '../schema/service.ts'
import { time } from '../schema/time.ts'
import type { NamedSchema } from './operation.ts'
import { ref, withDefaultsInWords } from './resource.ts'

const BOOLEAN: JsonSchema = { type: 'boolean' }

/** The request and response schemas of one service. */
export function serviceSchemas(service: DescribedService): NamedSchema[] {
  const name = schemaName(service.slug)
  const request = (isWhole: boolean) =>
    withDefaultsInWords(bodySchema(service, { isWhole, isClearable: true }), 'Default for new settings')
  const settings = settingsSchema(service)
  const optional = ['properties', 'secrets']
  return [
    { name, schema: request(true) },
    { name: `${name}Edit`, schema: request(false) },
    { name: `${name}Properties`, schema: propertiesSchema(service) },
    { name: `${name}Settings`, schema: settings },
    {
      name: `${name}Listed`,
      schema: {
        ...settings,
        properties: { ...settings.properties, delivery: ref('DeliveryHealth') },
        required: settings.required?.filter((key) => !optional.includes(key)) ?? [],
      },
    },
  ]
}

/** The schemas that refer to those of all services. */
export function sharedSchemas(services: readonly DescribedService[]): NamedSchema[] {
  const bySlug = services.map(({ slug }) => [slug, ref(`${schemaName(slug)}Edit`)] as const)
  return [
    {
      name: 'ServicesBySlug',
      schema: { type: 'object', properties: Object.fromEntries(bySlug), additionalProperties: false },
    },
    { name: 'Export', schema: object({ services: ref('ServicesBySlug') }) },
    {
      name: 'Secret',
      schema: object({
        set: BOOLEAN,
        fingerprint: { type: ['string', 'null'], examples: ['k1:9f86d081884c7d65'] },
        updated_at: nullable(toJsonSchema(time)),
      }),
    },
    { name: 'DeliveryHealth', schema: toJsonSchema(healthShape) },
    { name: 'ListedSettings', schema: { anyOf: services.map(({ slug }) => ref(`${schemaName(slug)}Listed`)) } },
  ]
}

/** The long shape of one service. */
function settingsSchema({ params, slug, title, ownFlags }: Service): JsonSchema {
  const secrets = params.filter(({ secret }) => secret)
  const properties = {
    ...head({ type: 'string', const: title }, { type: 'string', const: slug }),
    ...flags(sharedFlags),
    inherited: BOOLEAN,
    ...flags(ownFlags),
    ...REMARKS,
    properties: ref(`${schemaName(slug)}Properties`),
    secrets: object(Object.fromEntries(secrets.map(({ name }) => [name, ref('Secret')]))),
  }
  return object(
    properties,
    Object.keys(properties).filter((name) => !Object.hasOwn(REMARKS, name)),
  )
}

/** Members of the long shape that are seldom there. */
const REMARKS: Readonly<Record<string, JsonSchema>> = {
  unreadable: { description: 'The secrets do not open: send all of them again', type: 'boolean', const: true },
  notes: {
    description: 'Remarks on values that a write accepted, by parameter',
    type: 'object',
    additionalProperties: { type: 'string' },
  },
}

function propertiesSchema({ params }: Service): JsonSchema {
  const stored = params.filter(({ secret }) => !secret)
  return object(
    Object.fromEntries(params.map((param) => [param.name, responseSchemaOf(param)])),
    stored.map(({ name }) => name),
  )
}

function head(title: JsonSchema, slug: JsonSchema): Record<string, JsonSchema> {
  const moment = toJsonSchema(time)
  return { id: { type: 'integer' }, title, slug, created_at: moment, updated_at: moment, active: BOOLEAN }
}

function flags(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, BOOLEAN]))
}

/** Describes saved values, which may be older than the rules for new ones. */
function responseSchemaOf(param: Param): JsonSchema {
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
