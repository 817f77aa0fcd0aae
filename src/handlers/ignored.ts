import type { Context } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'

const MAX_NAMES = 20
const MAX_LENGTH = 64
const MORE = encodeURIComponent('…')

/** The value of `X-Ignored-Parameters`: names from the request, encoded for a header (docs/rules.md#merging). */
export function ignoredNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => {
    const encoded = encodeURIComponent(name.slice(0, MAX_LENGTH).toWellFormed())
    return name.length > MAX_LENGTH ? encoded + MORE : encoded
  })
  return [...shown, ...(names.length > MAX_NAMES ? [MORE] : [])].join(',')
}

/** Names in `X-Ignored-Parameters` what was sent and is no parameter of the schema. */
export function nameIgnored(c: Pick<Context<AppEnv>, 'get' | 'header'>, { shape }: z.ZodObject): void {
  const names = Object.keys(c.get('parameters')).filter((name) => !Object.hasOwn(shape, name))
  if (names.length > 0) c.header('X-Ignored-Parameters', ignoredNames(names))
}
