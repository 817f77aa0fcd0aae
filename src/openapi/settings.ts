import type { DescribedService } from '../schema/service.ts'
import { itemQuery, listQuery, writeQuery } from '../schema/settings.ts'
import type { HeaderParameter, OperationFacts, Resource, ResponseFacts } from './operation.ts'
import { planResult } from './plans.ts'
import { cached, one, ref, SETTINGS, SHOWN } from './resource.ts'
import { schemaName, serviceSchemas, sharedSchemas } from './service-schemas.ts'

/** A service with bodies that the program itself accepts and returns. */
export interface ServiceSample {
  service: DescribedService
  /** Parameters of a new row. */
  body: unknown
  /** The response to it. */
  settings: unknown
  /** The response after `active` is set to false. */
  inactive: unknown
  /** Errors, by the name of the example. */
  errors: Readonly<Record<string, unknown>>
}

const PRECONDITIONS: readonly HeaderParameter[] = ['If-Match', 'If-None-Match', 'If-Unmodified-Since']

/** The list of a project's settings. */
export function settings(samples: readonly ServiceSample[]): Resource {
  return {
    tag: SETTINGS,
    schemas: sharedSchemas(samples.map(({ service }) => service)),
    operations: {
      'GET /projects/{id}/services': {
        id: 'listSettings',
        summary: 'List the settings of a project',
        description:
          'Returns active settings without their parameters by default. `with_secrets=true` also requires the scope `read_secrets`.',
        rule: 'readSettings',
        query: listQuery,
        responses: {
          200: {
            description:
              'Settings, ordered by ID. `properties` and `secrets` are present with `with_properties=true` only. With `export=true`, a plan',
            schema: { anyOf: [{ type: 'array', items: ref('ListedSettings') }, ref('Export')] },
            isYaml: true,
            example: samples.filter(({ service }) => service.slug === SHOWN).map((sample) => sample.settings),
          },
        },
      },
    },
  }
}

/** The settings of one service. */
export function serviceSettings(sample: ServiceSample): Resource {
  const { slug, title, description, deprecated, gitlabOnly } = sample.service
  return {
    tag: { name: title, description: [description, deprecated, gitlabOnly].filter(Boolean).join(' ') },
    schemas: serviceSchemas(sample.service),
    operations: {
      [`GET /projects/{id}/services/${slug}`]: read(sample),
      [`PUT /projects/{id}/services/${slug}`]: put(sample),
      [`PATCH /projects/{id}/services/${slug}`]: patch(sample),
      [`DELETE /projects/{id}/services/${slug}`]: remove(sample),
    },
  }
}

function read({ service, settings: row }: ServiceSample): OperationFacts {
  const name = schemaName(service.slug)
  return {
    id: `get${name}`,
    summary: `Get the settings of ${service.title}`,
    description: '`with_secrets=true` also requires the scope `read_secrets`.',
    ...deprecation(service),
    rule: 'readSettings',
    query: itemQuery,
    headers: ['If-None-Match'],
    responses: cached({ description: 'Settings', schema: ref(`${name}Settings`), example: row }),
    errors: ['SettingsNotFound'],
  }
}

function put(sample: ServiceSample): OperationFacts {
  const { service, body, errors } = sample
  const name = schemaName(service.slug)
  return {
    ...write(service),
    headers: [...PRECONDITIONS, 'Prefer'],
    id: `put${name}`,
    summary: `Set up ${service.title}`,
    description:
      'Creates or edits the settings. In an edit, omitted parameters keep their values. Activates the service unless `active` is false.',
    body: { schema: ref(name), example: body },
    responses: { 200: saved(sample) },
    errorExamples: { 400: errors },
    errors: ['EndpointMoved', 'PreconditionFailed'],
  }
}

function patch(sample: ServiceSample): OperationFacts {
  const { service, errors, inactive } = sample
  const name = schemaName(service.slug)
  return {
    ...write(service),
    headers: [...PRECONDITIONS, 'Prefer'],
    id: `patch${name}`,
    summary: `Edit the settings of ${service.title}`,
    description: 'Omitted parameters, including `active`, keep their values. Does not create settings.',
    body: { schema: ref(`${name}Edit`), example: { active: false } },
    responses: { 200: { ...saved(sample), example: inactive } },
    errorExamples: { 400: errors },
    errors: ['SettingsNotFound', 'EndpointMoved', 'PreconditionFailed'],
  }
}

function remove({ service }: ServiceSample): OperationFacts {
  return {
    ...write(service),
    id: `delete${schemaName(service.slug)}`,
    summary: `Delete the settings of ${service.title}`,
    responses: {
      200: one(planResult, 'With `dry_run=true`: the changes, which were not saved'),
      204: { description: 'Settings and secrets deleted' },
    },
    errors: ['SettingsNotFound', 'PreconditionFailed'],
  }
}

function write(service: DescribedService) {
  return { ...deprecation(service), rule: 'writeSettings', query: writeQuery, headers: PRECONDITIONS } as const
}

function deprecation({ deprecated }: DescribedService) {
  return deprecated === undefined ? {} : { deprecated: true }
}

function saved({ service, settings: row }: ServiceSample): ResponseFacts {
  return {
    description: 'Saved settings. With `dry_run=true`: the changes, which were not saved',
    schema: { anyOf: [ref(`${schemaName(service.slug)}Settings`), ref(planResult.name)] },
    example: row,
    headers: ['ETag', 'X-Ignored-Parameters', 'Preference-Applied'],
  }
}
