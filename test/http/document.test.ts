import { describe, expect, test } from 'vitest'
import { registryFor, services } from '../../src/services/registry.ts'
import { ask, newPlace, newProject, newToken } from '../support/api.ts'
import { type Content, checkAnswer, deviations, document, type Message } from '../support/contract.ts'
import { SLACK } from '../support/fixtures.ts'
import { apiRoutes } from '../support/routes.ts'

const METHODS = ['get', 'put', 'post', 'patch', 'delete']

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method]
    return operation ? [{ path, method, name: `${method.toUpperCase()} ${path}`, operation }] : []
  }),
)

const inService = (slug: string) => operations.filter(({ path }) => path === `/projects/{id}/services/${slug}`)

/** The routes of the Worker as the document would name them. */
function served(): string[] {
  const routes = apiRoutes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, path: path.replace(/^\/api\/v4(?=\/|$)/, '') || '/' }))
    .map(({ method, path }) => ({ method, path: path.replaceAll(/:(\w+)(\{.*?\})?(?=\/\w|$)/g, '{$1}') }))
    .map(({ method, path }) => `${method} ${path.replace(/(^|\/)integrations(?=\/|$)/, '$1services')}`)
  return [...new Set(routes)]
}

function resolved({ $ref, ...response }: Message): Message {
  return $ref ? (document.components.responses[$ref.split('/').at(-1) ?? ''] ?? {}) : response
}

function examplesIn({ example, examples = {} }: Content): unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)]
}

function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'description' || key === 'summary') && typeof inner === 'string' ? inner : textsIn(inner),
  )
}

/** The places of defaults in schemas, also in those that are referred to. */
function defaultsIn(value: unknown, at = '', seen = new Set<string>()): string[] {
  if (typeof value !== 'object' || value === null) return []
  const found = refsIn(value).filter((ref) => !seen.has(ref))
  for (const ref of found) seen.add(ref)
  const referred = found.flatMap((ref) => {
    const schema = document.components.schemas[ref.split('/').at(-1) ?? '']
    return ref.startsWith('#/components/schemas/') ? defaultsIn(schema, ref, seen) : []
  })
  const own = Object.entries(value).flatMap(([key, inner]) => {
    const isDefault = key === 'default' && !at.endsWith('/properties')
    return isDefault ? `${at}/default` : defaultsIn(inner, `${at}/${key}`, seen)
  })
  return [...own, ...referred]
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { $ref } = value as { $ref?: unknown }
  return [...(typeof $ref === 'string' ? [$ref] : []), ...Object.values(value).flatMap(refsIn)]
}

describe('the document', () => {
  test('the document has each route that is served, and no other', () => {
    const routes = served().flatMap((route) =>
      route.endsWith('/projects/{id}/services/{slug}')
        ? services.map(({ slug }) => route.replace('{slug}', slug))
        : [route],
    )
    expect(operations.map(({ name }) => name).sort()).toEqual(routes.sort())
  })

  test('the document has an operation for each service and method', () => {
    for (const { slug } of services) {
      expect(inService(slug).map(({ method }) => method)).toEqual(['get', 'put', 'patch', 'delete'])
    }
  })

  test('the document names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(ids.filter((id) => !/^[a-z][A-Za-z\d]+$/.test(id))).toEqual([])
  })

  test('describes itself in the words of its field, as phrases or sentences', () => {
    const texts = textsIn(document)
    expect(texts.length).toBeGreaterThan(1000)
    const dialect = /\b(answer(s|ed)?|asks? for|tells?|spel(t|ling)|mend(s|ed)?|besides|anew|lives?|dies|whoever)\b/i
    expect(texts.filter((text) => dialect.test(text))).toEqual([])
    expect(texts.filter((text) => !/^[A-Z`0-9]/.test(text) || text !== text.trim())).toEqual([])
  })

  test('the document has no default in what a client sends: generated clients would send it, and overwrite what is saved', () => {
    const sent = operations.flatMap(({ operation }) => [operation.requestBody, operation.parameters])
    expect(defaultsIn(JSON.parse(JSON.stringify({ sent, components: document.components.parameters })))).toEqual([])
    expect(refsIn(sent)).toContain('#/components/schemas/SlackEdit')
  })

  test('the document has the parameters of each service in a plan, and its settings in a list, by slug', () => {
    const { Plan, ServicesBySlug, ListedSettings, SlackListed } = document.components.schemas
    expect(Plan?.properties).toMatchObject({ services: { $ref: '#/components/schemas/ServicesBySlug' } })
    expect(Object.keys(ServicesBySlug?.properties ?? {})).toEqual(services.map(({ slug }) => slug))
    expect(ServicesBySlug?.additionalProperties).toBe(false)
    expect(ListedSettings?.anyOf).toHaveLength(services.length)
    expect(SlackListed?.properties).toMatchObject({
      slug: { const: 'slack' },
      properties: { $ref: '#/components/schemas/SlackProperties' },
    })
  })

  test.each([
    ['/projects/{id}/services', 'put', ['dry_run', 'prune']],
    ['/projects/{id}/services', 'patch', ['dry_run', 'prune']],
    ['/services/apply', 'put', ['dry_run', 'prune']],
    ['/services/apply', 'patch', ['dry_run', 'prune']],
    ['/projects/{id}/services/slack', 'put', ['dry_run', 'Prefer']],
    ['/projects/{id}/services/slack', 'patch', ['dry_run', 'Prefer']],
    ['/projects/{id}/services/slack', 'delete', ['dry_run']],
  ])('%s has the options of a %s as parameters', (path, method, names) => {
    const parameters = document.paths[path]?.[method]?.parameters ?? []
    const all = parameters.map((parameter) => parameter.name ?? parameter.$ref?.split('/').at(-1))
    expect(all).toEqual(expect.arrayContaining(names))
  })

  test('refers to nothing that is not there', () => {
    const find = (ref: string) =>
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
    expect([...new Set(refsIn(document))].filter((ref) => find(ref) === undefined)).toEqual([])
  })

  test('the document leaves out what is for development, elsewhere', async () => {
    const { body } = await ask('openapi.json', { token: null, env: { ENVIRONMENT: undefined } })
    const slugs = Object.keys(body.paths).flatMap((path) => /\/services\/([^{}/]+)$/.exec(path)?.[1] ?? [])
    expect(slugs.filter((slug) => slug !== 'apply')).toEqual(registryFor(false).all.map(({ slug }) => slug))
  })
})

describe.each(operations)('$name', ({ operation, path }) => {
  test('the document describes each response and error, with an example that matches its schema', () => {
    const { summary, tags, responses } = operation
    expect([summary, tags]).toEqual([expect.any(String), [expect.any(String)]])
    const succeeded = Object.keys(responses).filter((status) => /^2/.test(status))
    // A dry run is 200, whatever the request itself would be.
    const hasDryRun = path.endsWith('/events') || (succeeded.includes('204') && path.includes('/services/'))
    expect(succeeded).toEqual(hasDryRun ? ['200', expect.stringMatching(/^20[24]$/)] : [expect.anything()])
    expect(Object.keys(responses)).toContain('500')
    for (const [status, response] of Object.entries(responses)) {
      const { description, content } = resolved(response)
      expect(description).toBeTruthy()
      expect(content === undefined).toBe(['204', '304'].includes(status))
      const media = content?.['application/json']
      if (!media) continue
      expect(examplesIn(media)).not.toEqual([])
      for (const example of examplesIn(media)) expect(deviations(example, media.schema)).toEqual([])
    }
  })

  test('shows a body that it takes', () => {
    const media = operation.requestBody?.content?.['application/json']
    if (media) expect(deviations(media.example, media.schema)).toEqual([])
  })
})

describe.each(services.map((service) => ({ slug: service.slug, service })))('$slug', ({ slug, service }) => {
  const bodyOf = (method: string) => {
    const { requestBody } = inService(slug).find((operation) => operation.method === method)?.operation ?? {}
    return requestBody?.content?.['application/json'] as Content
  }

  test('the API responds to the examples of the document as it says', async () => {
    const { path } = await newPlace(slug)
    const { example } = bodyOf('put')
    expect(await ask(path, { json: example })).toMatchObject({ status: 200, body: { active: true } })
    const edited = await ask(path, { method: 'PATCH', json: bodyOf('patch').example })
    expect(edited).toMatchObject({ status: 200, body: { active: false } })
  })

  test('takes what the schema takes, and refuses what it refuses', async () => {
    const { schema, example } = bodyOf('put')
    const known = { ...(example as object) }
    const wrong = service.params.flatMap(({ name, required, schema: field }) => {
      const isText = field.safeParse('some text\nof two lines').success
      return [
        { [name]: {} },
        ...(isText ? [{ [name]: 'a\0b' }, { [name]: 'a'.repeat(65_537) }] : []),
        ...(required ? [{ [name]: null }, { [name]: ' ' }, { [name]: undefined }] : [{ [name]: null }]),
      ]
    })
    const { path } = await newPlace(slug)
    for (const change of [{}, { active: false }, { active: {} }, ...wrong]) {
      const json = JSON.parse(JSON.stringify({ ...known, ...change }))
      await ask(path, { method: 'DELETE' })
      const { status } = await ask(path, { json })
      expect({ change, isRefused: status === 400 }).toEqual({ change, isRefused: deviations(json, schema).length > 0 })
    }
  })
})

describe('a test that sees a response', () => {
  const url = 'https://patchbay.test/api/v4/projects/1/services/slack'

  test.each([
    ['of another shape', Response.json({ id: 1 })],
    ['with a status that is not documented', Response.json({ message: 'no' }, { status: 402 })],
    ['of another type', new Response('{}', { headers: { 'Content-Type': 'text/plain' } })],
    ['without a body', new Response('')],
    ['in error, of another shape', Response.json({ wrong: 'yes' }, { status: 401 })],
    ['with a charset', new Response('{}', { headers: { 'Content-Type': 'application/json; charset=utf-8' } })],
  ])('a test that sees a response fails where it is %s', async (_, answer) => {
    await expect(checkAnswer('GET', url, answer)).rejects.toThrow(/^getSlack, /)
  })
})

test('takes the examples of everything else', async () => {
  const { id } = await newProject()
  const { id: tokenId } = await newToken(id)
  await ask(`projects/${id}/services/slack`, { json: SLACK })
  const changing = operations.filter(
    ({ operation, path }) => 'requestBody' in operation && !/services\/[^{}]+$/.test(path),
  )
  for (const { path, method, operation } of changing) {
    const where = path
      .replace('{id}', String(id))
      .replace('{token_id}', String(tokenId))
      .replace('{slug}', 'slack')
      .replace('{trigger}', 'push_events')
      .slice(1)
    const json = operation.requestBody?.content?.['application/json']?.example
    // Without the queue: nobody listens at the addresses of the examples.
    const answer = await ask(where, { method: method.toUpperCase(), json, env: { DELIVERIES: undefined } })
    expect({ path, method, body: answer.body, status: answer.status }).toMatchObject({
      status: statusOf(path),
    })
  }
})

function statusOf(path: string): number {
  if (path.endsWith('/console_links')) return 201
  if (/\/(events|deliveries\/resend)$/.test(path)) return 202
  return path.endsWith('access_tokens') || path === '/projects' ? 201 : 200
}
