import { describe, expect, test } from 'vitest'
import { parseKeyRing } from '../../src/crypto/keyring.ts'
import type { Service } from '../../src/schema/service.ts'
import type { Settings } from '../../src/schema/tables.ts'
import { registryFor } from '../../src/services/registry.ts'
import { parseDesired } from '../../src/settings/desired.ts'
import { guardedSlugs, type PlanRequest, plan } from '../../src/settings/plan.ts'
import { presentStep, summarize } from '../../src/settings/present-step.ts'

const ring = await parseKeyRing(`k1:${btoa('another key of thirty-two bytes!')}`)

const WIKI = registryFor(false).find('external-wiki') as Service

function wiki(row: Partial<Settings> = {}): Settings {
  return {
    id: 1,
    projectId: 1,
    slug: 'external-wiki',
    version: 1,
    active: true,
    flags: WIKI.initialFlags,
    params: { external_wiki_url: 'https://wiki.example.com' },
    secrets: null,
    secretsMeta: {},
    createdAt: 1,
    updatedAt: 1,
    ...row,
  }
}

function planOf(services: Record<string, unknown>, rows: Settings[], request: Partial<PlanRequest> = {}) {
  const desired = parseDesired(services, { registry: registryFor(false), isStrict: false })
  const all = {
    keyRing: ring,
    desired,
    method: 'PUT',
    prune: false,
    registry: registryFor(false),
    allowLocalNetwork: false,
  } as const
  return plan({ ...all, ...request }, rows, rows)
}

async function actionsOf(...call: Parameters<typeof planOf>) {
  const planned = await planOf(...call)
  return planned.kind === 'planned' ? planned.steps.map(({ slug, action }) => [slug, action]) : planned
}

describe('plan', () => {
  const url = (external_wiki_url: string) => ({ 'external-wiki': { external_wiki_url } })

  test('plan creates what is missing, changes what differs, and leaves the rest', async () => {
    expect(await actionsOf(url('https://wiki.example.com'), [])).toEqual([['external-wiki', 'create']])
    expect(await actionsOf(url('https://other.example.com'), [wiki()])).toEqual([['external-wiki', 'change']])
    expect(await actionsOf(url('https://wiki.example.com'), [wiki()])).toEqual([['external-wiki', 'unchanged']])
  })

  test('plan creates nothing in a PATCH', async () => {
    expect(await actionsOf(url('https://a.example.com'), [], { method: 'PATCH' })).toEqual([
      ['external-wiki', 'absent'],
    ])
  })

  test('plan deletes what it does not name only if it prunes, and never services of development', async () => {
    const rows = [wiki(), wiki({ id: 2, slug: 'mock-ci' })]
    expect(await actionsOf({}, rows)).toEqual([])
    expect(await actionsOf({}, rows, { prune: true })).toEqual([['external-wiki', 'delete']])
  })

  test('plan returns the errors of all services, invalid values before rules', async () => {
    const broken = { 'external-wiki': { external_wiki_url: 'no URL' }, slack: {} }
    expect(await planOf(broken, [])).toEqual({
      kind: 'invalid',
      fields: { 'external-wiki.external_wiki_url': ['must be a valid URL'], 'slack.webhook': ['is missing'] },
    })
  })

  test('plan is guarded against changes of the services that it names, or of all if it prunes', () => {
    const desired = parseDesired(url('https://a.example.com'), { registry: registryFor(false), isStrict: false })
    const request = { desired, prune: false } as PlanRequest
    expect([guardedSlugs(request), guardedSlugs({ ...request, prune: true })]).toEqual([['external-wiki'], null])
  })
})

describe('presentStep', () => {
  const step = {
    slug: 'jenkins',
    action: 'unchanged' as const,
    changes: [
      { field: 'project_name', from: 'a', to: 'b' },
      { field: 'password', secret: 'set' as const },
      { field: 'old', secret: 'dropped' as const },
    ],
    sentSecrets: ['password', 'token'],
    notes: {},
  }

  test('presentStep shows whether sent secrets change only to a caller that may read them', () => {
    const [first, last] = [
      { field: 'project_name', from: 'a', to: 'b' },
      { field: 'old', secret: 'dropped' },
    ]
    const sent = ['password', 'token'].map((field) => ({ field, secret: 'sent' }))
    expect(presentStep(step, false).fields).toEqual([first, ...sent, last])
    const compared = [
      { field: 'password', secret: 'changed' },
      { field: 'token', secret: 'unchanged' },
    ]
    expect(presentStep(step, true).fields).toEqual([first, ...compared, last])
  })

  test('presentStep is counted by its action', () => {
    expect(summarize([step, step])).toEqual({ create: 0, change: 0, unchanged: 2, delete: 0 })
    expect(summarize([{ ...step, action: 'absent' }])).toMatchObject({ absent: 1 })
  })
})
