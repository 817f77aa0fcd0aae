import { isOn } from '../schema/events.ts'
import type { Service, Value } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'

/** Saved settings in the form of a plan: applying it changes nothing. */
export interface Exported {
  slug: string
  /** The parameters of a PUT. Secrets are left out, so that the PUT keeps them. */
  parameters: Record<string, Value>
  /** Secrets that are set, and not shown. */
  secrets: readonly string[]
}

export function exportSettings(service: Service, { active, flags, params, secretsMeta }: Settings): Exported {
  const parameters: Record<string, Value> = { active }
  for (const { name, secret, aliasOf, required, fallback } of service.params) {
    const value = params[name] ?? fallback
    if (!secret && !aliasOf && !(required && value === null)) parameters[name] = value
  }
  for (const flag of service.flags) parameters[flag] = isOn(flags, flag)
  const isSet = (name: string) => Object.hasOwn(secretsMeta, name)
  return {
    slug: service.slug,
    parameters,
    secrets: service.params.filter(({ name, secret }) => secret && isSet(name)).map(({ name }) => name),
  }
}

/** Returns settings as YAML that applies and changes nothing, with comments that name the secrets it leaves out. JSON values are valid YAML. */
export function toYaml(exported: readonly Exported[]): string {
  if (exported.length === 0) return 'services: {}\n'
  const lines = exported.flatMap(({ slug, parameters, secrets }) => [
    `  ${slug}:`,
    ...(secrets.length > 0 ? [`    # set, and kept where not sent: ${secrets.join(', ')}`] : []),
    ...Object.entries(parameters).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`),
  ])
  return ['services:', ...lines, ''].join('\n')
}
