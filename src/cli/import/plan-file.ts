import { rmSync, writeFileSync } from 'node:fs'
import type { Values } from '../../schema/service.ts'
import type { Options, Secrets } from './options.ts'
import type { MissingSecret, Plan, ProjectPlan } from './plan.ts'
import type { ServiceImport } from './translate.ts'

/** Writes the plan, without any secret and readable by its owner only. */
export function writePlan(file: string, { from, to, withSecrets }: Options, plan: Plan): void {
  const content = {
    from,
    to,
    with_secrets: withSecrets,
    made_at: new Date().toISOString(),
    projects: plan.projects.map(describe),
    secrets_to_supply: asSecretsFile(plan, ({ reason }) => reason !== undefined),
    optional_secrets: asSecretsFile(plan, ({ reason }) => reason === undefined),
    failed: plan.failures,
  }
  rmSync(file, { force: true })
  writeFileSync(file, `${visibleJson(content)}\n`, { mode: 0o600, flag: 'wx' })
}

/** JSON that shows every character: marks of direction would reorder what a terminal displays. */
function visibleJson(content: object): string {
  const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(content, null, 2).replaceAll(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (text) =>
    [...Array(text.length).keys()].map((at) => toEscape(text.charAt(at))).join(''),
  )
}

function describe({ project, id, imports, changes, refused, notes }: ProjectPlan) {
  const services = changes.map(({ slug, action }) => [slug, { action, settings: withoutSecrets(imports.get(slug)) }])
  const project_action = id === undefined ? 'create' : 'keep'
  return { path: project.path, project: project_action, services: Object.fromEntries(services), refused, notes }
}

function withoutSecrets(translated: ServiceImport | undefined): Values {
  const secrets = translated?.secrets.map(({ name, origin }) => [name, `(secret from the ${origin})`]) ?? []
  return { ...translated?.values, ...Object.fromEntries(secrets) }
}

/** The missing secrets in the form of the secrets file: only the values have to be filled in. */
function asSecretsFile({ projects }: Plan, isIn: (missing: MissingSecret) => boolean): Secrets {
  const file = new Map<string, Map<string, Record<string, string>>>()
  for (const { project, missingSecrets } of projects)
    for (const { slug, name } of missingSecrets.filter(isIn)) {
      const services = file.get(project.path) ?? new Map<string, Record<string, string>>()
      file.set(project.path, services.set(slug, { ...services.get(slug), [name]: '' }))
    }
  return Object.fromEntries([...file].map(([path, services]) => [path, Object.fromEntries(services)]))
}
