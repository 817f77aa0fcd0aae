import * as z from 'zod'
import { findChannel, flagOf, isOn } from './events.ts'
import { bodySchema, DIALECT, type JsonSchema, valueSchema } from './json-schema.ts'
import { labelOf } from './label.ts'
import { type DescribedService, KINDS, type Param, type Service } from './service.ts'

/** A parameter as a form field, in the words of GitLab's own fields. */
const fieldShape = z.object({
  name: z.string(),
  type: z
    .enum(['text', 'textarea', 'password', 'checkbox', 'number', 'select', 'string_array'])
    .meta({ description: 'The kind of form control' }),
  title: z.string().meta({ description: 'Label, in plain text' }),
  help: z.string().meta({ description: 'Help text, in plain text' }),
  placeholder: z.string().nullable().meta({ description: 'Example value' }),
  required: z.boolean().meta({ description: 'Whether new settings need a value' }),
  required_unless: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'Required as well, unless another parameter has the value given here' }),
  default: z.unknown().meta({ description: 'Value of new settings if the parameter is omitted' }),
  choices: z
    .array(z.tuple([z.string(), z.union([z.string(), z.int()])]))
    .nullable()
    .meta({ description: 'Pairs of label and value' }),
  choices_open: z
    .boolean()
    .nullable()
    .meta({ description: 'Whether values other than the choices are accepted. Null if there are no choices' }),
  is_secret: z.boolean().meta({ description: 'Whether the value is encrypted and omitted from responses' }),
  exposes_secrets: z
    .boolean()
    .meta({ description: 'Whether secrets are sent to this address. If it changes, secrets must be sent again' }),
  api_only: z.boolean().meta({ description: 'Alias of another parameter. Omit it from forms' }),
})

const eventShape = z.object({
  name: z.string(),
  title: z.string(),
  flag: z.string().meta({ description: 'Parameter that switches the event on and off' }),
  default: z.boolean().meta({ description: 'Whether the event is on in new settings' }),
  channel: z.string().nullable().meta({ description: 'Parameter that sets a channel for this event' }),
  follows: z
    .string()
    .nullable()
    .meta({ description: 'Parameter whose value the flag always has. The flag cannot be set by itself' }),
})

/** A service, with everything that a settings form needs. */
export const catalogShape = z.object({
  slug: z.string(),
  kind: z.enum(KINDS).meta({ description: 'What the service is for' }),
  title: z.string(),
  description: z.string(),
  deprecated: z
    .string()
    .nullable()
    .meta({ description: 'Reason for the deprecation, if any. Deprecated services can still be set up' }),
  gitlab_only: z
    .string()
    .nullable()
    .meta({ description: 'Reason why the service only works on GitLab itself, if it does' }),
  delivers: z.boolean().meta({ description: 'Whether events are sent to the service' }),
  delivers_nothing: z
    .string()
    .nullable()
    .meta({ description: 'Reason why no event is ever sent to the service, if so' }),
  events: z.array(eventShape),
  fields: z.array(fieldShape),
  schema: z
    .record(z.string(), z.unknown())
    .meta({ description: 'JSON Schema (draft 2020-12) of the parameters of new settings' }),
})

export function describeService(service: DescribedService): z.input<typeof catalogShape> {
  const { slug, kind, title, description, deprecated = null, gitlabOnly = null } = service
  return {
    slug,
    kind,
    title,
    description,
    deprecated,
    gitlab_only: gitlabOnly,
    delivers: Object.keys(service.deliver).length > 0,
    delivers_nothing: service.deliversNothing ?? null,
    events: eventsOf(service),
    fields: service.params.map((param) => fieldOf(service, param)),
    schema: { $schema: DIALECT, ...bodySchema(service, { isWhole: true, isClearable: false }) },
  }
}

function eventsOf({ events, params, initialFlags, flagsFollowing }: Service): z.input<typeof eventShape>[] {
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
      follows: flagsFollowing.find(([follower]) => follower === flag)?.[1] ?? null,
    }
  })
}

function fieldOf(service: Service, param: Param): z.input<typeof fieldShape> {
  const { name, required, fallback, secret, endpoint, aliasOf } = param
  const schema = valueSchema(param)
  const { suggestions, labels } = param.schema.meta() ?? {}
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
    choices:
      options?.map((option) => [labels?.[String(option)] ?? labelOf(String(option)), option as string | number]) ??
      null,
    choices_open: options ? suggestions !== undefined : null,
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
