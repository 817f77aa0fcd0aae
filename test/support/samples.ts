import * as z from 'zod'
import type { Param, Service, Value } from '../../src/schema/service.ts'

/** Values that rules beyond the type ask for. */
const special: Record<string, (n: number) => Value> = {
  confluence_url: (n) => `https://site-${n}.atlassian.net/wiki`,
  default_irc_uri: (n) => `irc://irc-${n}.example.net/`,
  webhook: (n) => `https://discord.com/api/webhooks/${n}/path`,
  recipients: (n) => `irc://irc.example.net/room-${n}`,
}

const AT_DISCORD = (n: number, name: string) => `https://discord.com/api/webhooks/${n}/${name}`
const isAtDiscord = ({ schema }: Param) => /discord/.test(String(schema.meta()?.pattern))

type Kind = 'boolean' | 'integer' | 'link' | 'host' | 'lines' | 'list' | 'choice' | 'line'

/** The parameters that may have several lines (docs/rules.md#coercion). */
const LINES = [
  'recipients',
  'google_iap_service_account_json',
  'app_store_private_key',
  'service_account_key',
  'datadog_tags',
]

export function kindOf(param: Param): Kind {
  const { type, enum: options } = shapeOf(param)
  if (options) return 'choice'
  if (type === 'boolean' || type === 'integer') return type
  if (type === 'array') return 'list'
  if (param.address === 'url') return 'link'
  if (param.address && ['host', 'domain', 'labels'].includes(param.address)) return 'host'
  return LINES.includes(param.name) ? 'lines' : 'line'
}

/** A value that the parameter takes; one for each `n`, as far as there are so many. */
export function sample(param: Param, n = 1): Value {
  const made = isAtDiscord(param) ? AT_DISCORD(n, param.name) : special[param.name]?.(n)
  if (made !== undefined) return made
  const { enum: options } = shapeOf(param)
  if (options) return (options[n % options.length] ?? null) as Value
  switch (kindOf(param)) {
    case 'boolean':
      return n % 2 === 1
    case 'integer':
      return 1000 + n
    case 'list':
      return [`${param.name}-${n}`, 'B']
    case 'host':
      return `${param.name.replaceAll('_', '-')}-${n}.example.com`
    case 'link':
      return `https://${param.name.replaceAll('_', '-')}-${n}.example.com/path`
    default:
      return `${param.name}-${n}`
  }
}

/** A value for each parameter that is stored. */
export function fullSet(service: Service, n = 1): Record<string, Value> {
  return valuesOf(
    service.params.filter(({ aliasOf }) => !aliasOf),
    n,
  )
}

/** A value for each parameter that a new row must have. */
export function requiredSet(service: Service, n = 1): Record<string, Value> {
  return valuesOf(requiredParams(service), n)
}

/** A value for each secret, `text` in it. */
export function secretSet({ params }: Service, text: string): Record<string, string> {
  const secrets = params.filter(({ secret }) => secret)
  return Object.fromEntries(
    secrets.map((param) => [param.name, kindOf(param) === 'link' ? `${sample(param)}/${text}` : text]),
  )
}

export function requiredParams(service: Service): readonly Param[] {
  return service.params.filter((param) => service.requires(param, {}))
}

export function valuesOf(params: readonly Param[], n = 1): Record<string, Value> {
  return Object.fromEntries(params.map((param) => [param.name, sample(param, n)]))
}

/** `values` without some of its keys. */
export function without<T>(values: Readonly<Record<string, T>>, ...names: string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

function shapeOf(param: Param) {
  return z.toJSONSchema(param.schema, { io: 'output' }) as { type?: string; enum?: unknown[] }
}
