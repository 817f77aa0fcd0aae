import { eventNames, ownFlags, sharedFlags } from '../schema/events.ts'
import { bodySchema, type JsonSchema, nullable, toJsonSchema, valueSchema } from '../schema/json-schema.ts'
import type { Param, Service } from '../schema/service.ts'
import { itemQuery } from '../schema/settings.ts'
import { time } from '../schema/time.ts'
import type { Answer, Operation } from './operation.ts'
import { cached, ref } from './resources.ts'

/** What a service's operations show by example: bodies that are taken and given. */
export interface ServiceExamples {
  /** All that a new row needs. */
  body: unknown
  /** What is answered to it. */
  settings: unknown
  /** What is refused, with the reason. */
  refused: Readonly<Record<string, unknown>>
}

const BOOLEAN: JsonSchema = { type: 'boolean' }
const WRITES = ['If-Match', 'If-None-Match', 'If-Unmodified-Since'] as const

/** Reading, saving, editing and deleting the settings of one service. */
export function serviceOperations(service: Service, examples: ServiceExamples): Operation[] {
  const { slug, title, deprecated } = service
  const name = schemaName(slug)
  const common = {
    path: `/projects/{id}/services/${slug}`,
    tag: title,
    ...(deprecated !== undefined && { deprecated: true }),
  }
  const settings: Answer = {
    description: 'The settings',
    schema: ref(`${name}Settings`),
    example: examples.settings,
    headers: ['ETag'],
  }
  const written: Answer = { ...settings, description: 'What is saved now', headers: ['ETag', 'X-Ignored-Parameters'] }
  const write = { ...common, rule: 'writeSettings', preconditions: WRITES } as const
  return [
    {
      ...common,
      method: 'get',
      id: `get${name}`,
      summary: `Settings of ${title}`,
      description: 'With `with_secrets=true` the token needs the scope `read_secrets` besides.',
      rule: 'readSettings',
      query: itemQuery,
      preconditions: ['If-None-Match'],
      answers: cached(settings),
      refusals: ['SettingsNotFound'],
    },
    {
      ...write,
      method: 'put',
      id: `put${name}`,
      summary: `Set up ${title}`,
      description:
        'Creates the settings, or edits them: then all that is saved may be left out, and stays. Switches the service on unless `active` is false.',
      body: { schema: ref(name), example: examples.body },
      answers: { 200: written },
      refused: { 400: examples.refused },
      refusals: ['PreconditionFailed'],
    },
    {
      ...write,
      method: 'patch',
      id: `patch${name}`,
      summary: `Edit the settings of ${title}`,
      description: 'Keeps what is left out, `active` too, and creates nothing.',
      body: { schema: ref(`${name}Edit`), example: { active: false } },
      answers: { 200: written },
      refused: { 400: examples.refused },
      refusals: ['SettingsNotFound', 'PreconditionFailed'],
    },
    {
      ...write,
      method: 'delete',
      id: `delete${name}`,
      summary: `Delete the settings of ${title}, and their secrets`,
      answers: { 204: { description: 'They are gone' } },
      refusals: ['SettingsNotFound', 'PreconditionFailed'],
    },
  ]
}

/** What the operations of a service take and give. */
export function serviceSchemas(service: Service): Record<string, JsonSchema> {
  const name = schemaName(service.slug)
  return {
    [name]: bodySchema(service, { isWhole: true, isClearable: true }),
    [`${name}Edit`]: bodySchema(service, { isWhole: false, isClearable: true }),
    [`${name}Settings`]: settingsSchema(service),
  }
}

/** What the settings of different services have in common. */
export function sharedSchemas(): Record<string, JsonSchema> {
  return {
    Export: object({ services: { type: 'object', additionalProperties: { type: 'object' } } }),
    Secret: object({
      set: BOOLEAN,
      fingerprint: { type: ['string', 'null'], examples: ['k1:9f86d081884c7d65'] },
      updated_at: nullable(toJsonSchema(time)),
    }),
    Settings: object(
      {
        ...head({ type: 'string' }, { type: 'string' }),
        ...flags([...sharedFlags]),
        inherited: BOOLEAN,
        ...flags(ownFlags(eventNames)),
        properties: { type: 'object' },
        secrets: { type: 'object', additionalProperties: ref('Secret') },
      },
      [...Object.keys(head({}, {})), ...sharedFlags, 'inherited'],
    ),
  }
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
  const isAlwaysSet = (param.required && !param.secret) || param.fallback !== null || param.standsFor !== undefined
  return isAlwaysSet ? schema : nullable(schema)
}

function object(properties: Readonly<Record<string, JsonSchema>>, required = Object.keys(properties)): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

function schemaName(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
