import * as z from 'zod'
import { findChannel, flagOf, isOn } from './events.ts'
import { bodySchema, DIALECT, type JsonSchema, valueSchema } from './json-schema.ts'
import { labelOf } from './label.ts'
import type { Param, Service } from './service.ts'

const word = z.string()
const flag = z.boolean()
const anything = z.unknown()

/** What a form needs to know of a parameter, in the words of GitLab's own fields. */
const fieldShape = z.object({
  name: word,
  type: z.enum(['text', 'textarea', 'password', 'checkbox', 'number', 'select', 'string_array']),
  title: word,
  help: word,
  placeholder: word.nullable(),
  required: flag,
  required_unless: z.record(word, anything).nullable().meta({
    description: 'Required all the same, unless one of these parameters has the value that stands here',
  }),
  default: anything.meta({ description: 'What it is where nothing is sent' }),
  choices: z
    .array(z.tuple([word, z.union([word, z.int()])]))
    .nullable()
    .meta({ description: 'Labels and values. Those that the schema lists as `enum` are the only ones' }),
  is_secret: flag.meta({ description: 'Never answered' }),
  exposes_secrets: flag.meta({ description: 'Secrets are sent there: when it changes, they must be sent again' }),
  api_only: flag.meta({ description: 'An old spelling, which a form leaves out' }),
})

/** What the catalogue tells of a service: enough to build its settings page. */
export const catalogShape = z.object({
  slug: word,
  title: word,
  description: word,
  deprecated: word.nullable().meta({ description: 'Why it is of no more use; it can be set all the same' }),
  gitlabOnly: word.nullable().meta({ description: 'Why it works on GitLab’s own instance only' }),
  events: z.array(
    z.object({
      name: word,
      title: word,
      flag: word.meta({ description: 'The parameter that switches it' }),
      default: flag,
      channel: word.nullable().meta({ description: 'The parameter that gives it a channel of its own' }),
    }),
  ),
  fields: z.array(fieldShape),
  schema: z.record(word, anything).meta({ description: 'What a new row takes: JSON Schema, draft 2020-12' }),
})

export function describeService(service: Service): z.input<typeof catalogShape> {
  const { slug, title, description, deprecated = null, gitlabOnly = null } = service
  return {
    slug,
    title,
    description,
    deprecated,
    gitlabOnly,
    events: eventsOf(service),
    fields: service.params.map((param) => fieldOf(service, param)),
    schema: { $schema: DIALECT, ...bodySchema(service, { isWhole: true, isClearable: false }) },
  }
}

function eventsOf({ events, params, initialFlags }: Service) {
  return events.map((name) => {
    const flag = flagOf(name)
    const channel = findChannel(name)
    const hasChannel = params.some((param) => param.name === channel)
    return {
      name,
      title: labelOf(name),
      flag,
      default: isOn(initialFlags, flag),
      channel: hasChannel && channel ? channel : null,
    }
  })
}

function fieldOf(service: Service, param: Param): z.input<typeof fieldShape> {
  const { name, required, fallback, secret, endpoint, aliasOf } = param
  const schema = valueSchema(param)
  const { suggestions } = param.schema.meta() ?? {}
  const options = schema.enum ?? suggestions
  return {
    name,
    type: inputOf(param, schema, options !== undefined),
    title: String(schema.title),
    help: String(schema.description),
    placeholder: suggestions === undefined && Array.isArray(schema.examples) ? String(schema.examples[0]) : null,
    required,
    required_unless: service.requiredUnless[name] ?? null,
    default: fallback,
    choices: options?.map((option) => [labelOf(String(option)), option as string | number]) ?? null,
    is_secret: secret,
    exposes_secrets: endpoint,
    api_only: aliasOf !== undefined,
  }
}

function inputOf(param: Param, { type }: JsonSchema, hasChoices: boolean): z.input<typeof fieldShape>['type'] {
  if (hasChoices) return 'select'
  if (type === 'boolean') return 'checkbox'
  if (type === 'integer') return 'number'
  if (type === 'array') return 'string_array'
  if (param.schema.meta()?.multiline) return 'textarea'
  return param.secret ? 'password' : 'text'
}
