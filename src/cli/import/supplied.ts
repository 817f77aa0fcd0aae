import type { Param, Service, Values } from '../../schema/service.ts'
import type { Secrets } from './options.ts'

/** The part of the secrets file that applies to one service of one project. */
export interface Supplied {
  secrets: Readonly<Record<string, string>>
  /** Reasons for which entries of the file were not used. */
  notes: readonly string[]
}

/** The project path that stands for all projects. */
const ALL = '*'

/**
 * Selects the secrets for a service from the file. The source says where they will be sent, and a secret for all projects
 * must not follow whatever address one of them has: it is used only with the addresses that stand beside it in the file.
 * A project's own entry may state its addresses too.
 */
export function suppliedFor(secrets: Secrets, path: string, service: Service, values: Values): Supplied {
  const general = entryOf(secrets, ALL, service.slug)
  const own = entryOf(secrets, path, service.slug)
  const problems = {
    general: problemOf(service, general, values, true),
    own: problemOf(service, own, values, false),
  }
  return {
    secrets: {
      ...(problems.general ? {} : secretsIn(service, general)),
      ...(problems.own ? {} : secretsIn(service, own)),
    },
    notes: [
      ...(problems.general ? [`the secrets file's entry for "${ALL}" is not used: ${problems.general}`] : []),
      ...(problems.own ? [`the secrets file's entry is not used: ${problems.own}`] : []),
    ],
  }
}

/** The parameters that say where a service's secrets are sent, and are no secrets themselves. */
export function addressesOf({ params }: Service): Param[] {
  return params.filter(({ endpoint, secret }) => endpoint && !secret)
}

/** The entries of the secrets file that no service needs: most often a misspelt name. */
export function unusedEntries(secrets: Secrets, isUsed: (path: string, slug: string, name: string) => boolean) {
  return Object.entries(secrets).flatMap(([path, services]) =>
    Object.entries(services).flatMap(([slug, values]) =>
      Object.entries(values)
        .filter(([name, value]) => value !== '' && !isUsed(path, slug, name))
        .map(([name]) => [path, slug, name] as const),
    ),
  )
}

export function isFor(entryPath: string, path: string): boolean {
  return entryPath === ALL || entryPath === path
}

type Entry = Readonly<Record<string, string>>

function entryOf(secrets: Secrets, path: string, slug: string): Entry {
  const services = Object.hasOwn(secrets, path) ? secrets[path] : undefined
  return (services && Object.hasOwn(services, slug) ? services[slug] : undefined) ?? {}
}

function secretsIn({ params }: Service, entry: Entry): Entry {
  const names = params.filter(({ secret }) => secret).map(({ name }) => name)
  return Object.fromEntries(Object.entries(entry).filter(([name, value]) => names.includes(name) && value !== ''))
}

/** Returns the reason for which an entry must not be used: it states another address than the service has, or none if it needs one. */
function problemOf(service: Service, entry: Entry, values: Values, needsAddress: boolean): string | undefined {
  if (Object.keys(secretsIn(service, entry)).length === 0) return undefined
  for (const { name } of addressesOf(service)) {
    const stated = Object.hasOwn(entry, name) ? entry[name] : undefined
    const actual = values[name] ?? undefined
    if (stated === undefined && (actual === undefined || !needsAddress)) continue
    if (stated === undefined) return `${name} is ${JSON.stringify(actual)}, and the entry does not state a ${name}`
    if (normalized(stated) !== normalized(String(actual ?? '')))
      return `${name} is ${JSON.stringify(actual ?? null)}, and the entry is for another one`
  }
}

function normalized(address: string): string {
  const url = URL.parse(address.trim())
  const text = url ? url.href : address.trim().toLowerCase()
  return text.endsWith('/') ? text.slice(0, -1) : text
}
