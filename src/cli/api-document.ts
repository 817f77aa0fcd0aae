import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HTTPException } from 'hono/http-exception'
import { errors } from '../errors.ts'
import { describeApi } from '../openapi/document.ts'
import type { ErrorResponseName, ErrorSamples } from '../openapi/error-responses.ts'
import { exampleOf } from '../openapi/example.ts'
import type { ServiceSample } from '../openapi/settings.ts'
import { valueSchema } from '../schema/json-schema.ts'
import type { DescribedService, Service, Value } from '../schema/service.ts'
import { presentLong } from '../settings/present.ts'
import { ROOT } from './wrangler.ts'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

/** An instance of each error of the API, by the response that documents it. */
const errorSamples: Readonly<Record<ErrorResponseName, Readonly<Record<string, HTTPException>>>> = {
  BadRequest: {
    unreadable: errors.unreadable('Invalid JSON format'),
    excessive: errors.unreadable('Too many parameters'),
    parameters: errors.parameters({ name: ['is missing'] }),
    rules: errors.rules({ name: ["can't be blank"] }),
  },
  BadQuery: { query: errors.parameters({ page: ['is invalid'] }) },
  Unauthorized: { unauthorized: errors.unauthorized(), expired: errors.expired(), revoked: errors.revoked() },
  Forbidden: { forbidden: errors.forbidden(), insufficientScope: errors.insufficientScope(['api']) },
  ProjectNotFound: { noProject: errors.notFound('Project') },
  SettingsNotFound: { noService: errors.notFound('Service'), noProject: errors.notFound('Project') },
  ServiceNotFound: { noSuchService: errors.notFound('Service', 'Did you mean slack?') },
  TokenNotFound: { noToken: errors.notFound('Token'), noProject: errors.notFound('Project') },
  EndpointMoved: { moved: errors.moved(['jenkins_url']) },
  DeliveryNotFound: { noDelivery: errors.notFound('Delivery'), noProject: errors.notFound('Project') },
  PreconditionFailed: { preconditionFailed: errors.preconditionFailed() },
  TooLarge: { tooLarge: errors.tooLarge() },
  UnsupportedMediaType: { contentType: errors.contentType() },
  TooManyRequests: { tooMany: errors.tooMany() },
  InternalServerError: { internal: errors.internal() },
  BadGateway: { badGateway: errors.badGateway('no response within 10 seconds') },
  Unavailable: { unavailable: errors.unavailable() },
  ClientError: { noRoute: errors.noRoute() },
}

/** The API in OpenAPI 3.1, with examples that the program itself accepts and returns. */
export async function apiDocument(services: readonly DescribedService[]): Promise<object> {
  const bodies = await gather(Object.entries(errorSamples), async ([name, some]) => [name, await describe(some)])
  const samples = await Promise.all(services.map(sampleOf))
  return describeApi({ version, errors: bodies as Record<ErrorResponseName, ErrorSamples>, samples })
}

async function describe(samples: Readonly<Record<string, HTTPException>>): Promise<ErrorSamples> {
  const bodies = await gather(Object.entries(samples), async ([name, error]) => [name, await bodyOf(error)])
  return { status: Object.values(samples)[0]?.status ?? 0, bodies }
}

async function sampleOf(service: DescribedService): Promise<ServiceSample> {
  const required = service.params.filter((param) => service.requires(param, {}))
  const body = Object.fromEntries(required.map((param) => [param.name, exampleOf(valueSchema(param)) as Value]))
  const [first] = required
  const row = rowOf(service, body)
  const broken = first && { [first.name]: [first.address === 'url' ? 'must be a valid URL' : "can't be blank"] }
  return {
    service,
    body,
    settings: presentLong(service, row),
    inactive: presentLong(service, { ...row, active: false }),
    errors: {
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
  return error.res?.clone().json()
}

async function gather<T, V>(
  items: readonly T[],
  toEntry: (item: T) => Promise<[string, V]>,
): Promise<Record<string, V>> {
  return Object.fromEntries(await Promise.all(items.map(toEntry)))
}
