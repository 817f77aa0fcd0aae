import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { YAML_TYPES } from '../schema/media-types.ts'
import { type Exported, toYaml } from '../settings/export.ts'

const JSON_TYPE = 'application/json'

/** Settings as a file that applies and changes nothing: in YAML where the caller would rather have that. */
export function respondWithExport(c: Context, exported: readonly Exported[]): Response {
  const bySlug = exported.toSorted((one, other) => (one.slug < other.slug ? -1 : 1))
  const type = accepts(c, { header: 'Accept', supports: [JSON_TYPE, ...YAML_TYPES], default: JSON_TYPE })
  c.header('Vary', 'Accept')
  if (type !== JSON_TYPE) return c.body(toYaml(bySlug), 200, { 'Content-Type': type })
  return c.json({ services: Object.fromEntries(bySlug.map(({ slug, parameters }) => [slug, parameters])) })
}
