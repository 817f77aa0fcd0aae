import type { Context } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'

const MAX_NAMES = 20
const MORE = encodeURIComponent('…')

/** Returns the value of `X-Ignored-Parameters` (docs/rules.md#merging). Names of parameters need no encoding. */
export function ignoredNames(names: readonly string[]): string {
  return [...names.slice(0, MAX_NAMES), ...(names.length > MAX_NAMES ? [MORE] : [])].join(',')
}

/** Names in `X-Ignored-Parameters` what was sent and is no parameter of the schema. */
export function nameIgnored(c: Pick<Context<AppEnv>, 'get' | 'header'>, { shape }: z.ZodObject): void {
  const names = Object.keys(c.get('parameters')).filter((name) => !Object.hasOwn(shape, name))
  if (names.length > 0) c.header('X-Ignored-Parameters', ignoredNames(names))
}
