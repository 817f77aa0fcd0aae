import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HTTPException } from 'hono/http-exception'
import { errors } from '../errors.ts'
import { rules } from '../middleware/rules.ts'
import { describeApi } from '../openapi/document.ts'
import { exampleOf } from '../openapi/example.ts'
import type { ErrorName } from '../openapi/refusals.ts'
import type { ServiceExamples } from '../openapi/services.ts'
import { valueSchema } from '../schema/json-schema.ts'
import type { Service, Value } from '../schema/service.ts'
import { presentLong } from '../settings/present.ts'
import { ROOT } from './wrangler.ts'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

const samples: Readonly<Record<ErrorName, () => HTTPException>> = {
  unreadable: () => errors.unreadable('JSON'),
  excessive: () => errors.excessive('Too many parameters'),
  parameters: () => errors.parameters({ name: ['is missing'] }),
  rules: () => errors.rules({ name: ["can't be blank"] }),
  query: () => errors.parameters({ page: ['is invalid'] }),
  unauthorized: errors.unauthorized,
  expired: errors.expired,
  revoked: errors.revoked,
  forbidden: errors.forbidden,
  insufficientScope: () => errors.insufficientScope(['api']),
  noProject: () => errors.notFound('Project'),
  noService: () => errors.notFound('Service'),
  noSuchService: () => errors.notFound('Service', 'Did you mean slack?'),
  noToken: () => errors.notFound('Token'),
  preconditionFailed: errors.preconditionFailed,
  tooLarge: errors.tooLarge,
  contentType: errors.contentType,
  tooMany: errors.tooMany,
  internal: errors.internal,
  unavailable: errors.unavailable,
}

/** The API in OpenAPI 3.1, with examples of what the program itself takes and answers. */
export async function apiDocument(services: readonly Service[]): Promise<object> {
  const bodies = await gather(Object.entries(samples), ([name, make]) => [name, bodyOf(make())])
  const examples = await gather(services, (service) => [service.slug, examplesOf(service)])
  return describeApi({ version, services, rules, errors: bodies as Record<ErrorName, unknown>, examples })
}

/** What the program itself would take and answer. */
async function examplesOf(service: Service): Promise<ServiceExamples> {
  const required = service.params.filter((param) => service.requires(param, {}))
  const values = required.map((param) => [param.name, exampleOf(valueSchema(param)) as Value] as const)
  const [first] = required
  const broken = first && { [first.name]: [first.address === 'url' ? 'must be a valid URL' : "can't be blank"] }
  return {
    body: { ...Object.fromEntries(values), ...(service.events[0] && { [`${service.events[0]}_events`]: true }) },
    settings: presentLong(service, rowOf(service, Object.fromEntries(values))),
    refused: {
      parameters: await bodyOf(
        errors.parameters(first ? { [first.name]: ['is missing'] } : { active: ['is invalid'] }),
      ),
      ...(broken && { rules: await bodyOf(errors.rules(broken)) }),
    },
  }
}

const NOW = Date.parse('2026-11-23T08:56:11.402Z')

/** A row that holds these values. */
function rowOf(service: Service, values: Readonly<Record<string, Value>>) {
  const isSecret = (name: string) => service.params.some((param) => param.name === name && param.secret)
  const entries = Object.entries(values)
  const secrets = entries.filter(([name]) => isSecret(name))
  const meta = { fingerprint: 'k1:9f86d081884c7d65', updatedAt: NOW }
  return {
    ...{ id: 1, projectId: 1, slug: service.slug, version: 1, active: true, flags: service.initialFlags },
    params: Object.fromEntries(entries.filter(([name]) => !isSecret(name))),
    secrets: null,
    secretsMeta: Object.fromEntries(secrets.map(([name]) => [name, meta])),
    createdAt: NOW,
    updatedAt: NOW,
  }
}

async function bodyOf(error: HTTPException): Promise<unknown> {
  return error.getResponse().json()
}

async function gather<T, V>(
  items: readonly T[],
  toEntry: (item: T) => [string, Promise<V>],
): Promise<Record<string, V>> {
  const entries = items.map(async (item) => {
    const [name, value] = toEntry(item)
    return [name, await value] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
