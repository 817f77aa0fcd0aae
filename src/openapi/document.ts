import { admin } from './admin.ts'
import { audit } from './audit.ts'
import { catalog } from './catalog.ts'
import { commitStatus } from './commit-status.ts'
import { errorSchemas, headers, parameters } from './components.ts'
import { consoleLinks } from './console-links.ts'
import { deliveries } from './deliveries.ts'
import type { ErrorResponseName } from './error-responses.ts'
import { events } from './events.ts'
import { health } from './health.ts'
import { instance } from './instance.ts'
import { openApi } from './openapi.ts'
import type { Resource, Tag } from './operation.ts'
import { describeError, describeOperation, type Operation, type SharedFacts } from './operation-object.ts'
import { plans } from './plans.ts'
import { projects } from './projects.ts'
import { serviceTest } from './service-test.ts'
import { type ServiceSample, serviceSettings, settings } from './settings.ts'
import { slashCommands } from './slash-commands.ts'
import { tokens } from './tokens.ts'

/** Facts of the document about the program that serves it. */
export interface ApiFacts extends SharedFacts {
  version: string
  samples: readonly ServiceSample[]
}

const PREFIX = '/api/v4'

const ABOUT = `Patchbay stores the settings of a project’s services, such as Slack or Jira, and is compatible with GitLab’s Services API.

- Paths under \`/projects/{id}/services\` work with and without the prefix \`${PREFIX}\`.
- \`/integrations\` is an alias of \`/services\` in all paths.
- Parameters are accepted as JSON, as a form or in the query, and coerced as in GitLab: a Boolean may be \`"true"\` or \`1\`,
  a number may be text. The schemas describe the types that responses have.`

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
        Bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or a signed token (JWT)' },
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
    commitStatus(services),
    serviceTest,
    consoleLinks,
    slashCommands(services),
    plans,
    catalog(services),
    openApi,
    projects,
    tokens,
    audit,
    events,
    deliveries,
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
