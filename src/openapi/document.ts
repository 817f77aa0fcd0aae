import { admin } from './admin.ts'
import { audit } from './audit.ts'
import { catalog } from './catalog.ts'
import { errorSchemas, headers, parameters } from './components.ts'
import type { ErrorResponseName } from './error-responses.ts'
import { health } from './health.ts'
import { instance } from './instance.ts'
import { openApi } from './openapi.ts'
import type { Resource, Tag } from './operation.ts'
import { describeError, describeOperation, type Operation, type SharedFacts } from './operation-object.ts'
import { plans } from './plans.ts'
import { projects } from './projects.ts'
import { type ServiceSample, serviceSettings, settings } from './settings.ts'
import { tokens } from './tokens.ts'

/** What the document says of the program that serves it. */
export interface ApiFacts extends SharedFacts {
  version: string
  samples: readonly ServiceSample[]
}

const PREFIX = '/api/v4'

const ABOUT = `Settings for the services of your projects, as GitLab’s Services API, with or without \`${PREFIX}\` in front of
what stands under \`/projects/{id}/services\`. \`/integrations\` is another name of \`/services\`, everywhere.

What is sent is coerced as GitLab does: flags may be words, numbers may be text, forms do as well as JSON. The schemas
show the one form that is answered.`

/** The API in OpenAPI 3.1. */
export function describeApi(facts: ApiFacts): object {
  const resources = resourcesOf(facts)
  const schemas = [...errorSchemas, ...resources.flatMap((resource) => resource.schemas)]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version: facts.version,
      description: ABOUT,
      contact: { name: 'The operator of this instance' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: PREFIX }],
    security: [{ 'PRIVATE-TOKEN': [] }, { Bearer: [] }],
    tags: describeTags(resources),
    paths: describePaths(resources, facts),
    components: {
      securitySchemes: {
        'PRIVATE-TOKEN': { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The same, or a signed token (JWT)' },
      },
      parameters,
      headers,
      responses: Object.fromEntries(
        Object.entries(facts.errors).map(([name, samples]) => [
          name,
          describeError(name as ErrorResponseName, samples),
        ]),
      ),
      schemas: Object.fromEntries(schemas.map(({ name, schema }) => [name, schema])),
    },
  }
}

/** One entry for each handler, and one for the settings of each service. */
function resourcesOf({ samples }: ApiFacts): Resource[] {
  const services = samples.map(({ service }) => service)
  return [
    settings(samples),
    plans,
    catalog(services),
    openApi,
    projects,
    tokens,
    audit,
    instance,
    admin,
    health,
    ...samples.map(serviceSettings),
  ]
}

function describePaths(resources: readonly Resource[], facts: ApiFacts): object {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of resources.flatMap(operationsOf)) {
    const { path, method, isRoot } = operation
    const item = paths[path] ?? (isRoot ? { servers: [{ url: '/' }] } : {})
    paths[path] = { ...item, [method]: describeOperation(operation, facts) }
  }
  return paths
}

function operationsOf({ tag, operations }: Resource): Operation[] {
  return Object.entries(operations).map(([route, facts]) => {
    const [method = '', path = ''] = route.split(' ')
    return { method: method.toLowerCase(), path, tag: tag.name, ...facts }
  })
}

function describeTags(resources: readonly Resource[]): Tag[] {
  return [...new Map(resources.map(({ tag }) => [tag.name, tag])).values()]
}
