import { describe, expect, test } from 'vitest'
import type { Service, Values } from '../../src/schema/service.ts'
import type { Settings } from '../../src/schema/tables.ts'
import { registryFor } from '../../src/services/registry.ts'
import { type MergeInput, merge } from '../../src/settings/merge.ts'
import { parse } from '../../src/settings/parse.ts'
import { endpointsMovedMeanwhile } from '../../src/settings/race.ts'

const serviceOf = (slug: string) => registryFor(false).find(slug) as Service

function rowOf(
  service: Service,
  params: Values,
  secrets: readonly string[] = [],
  row: Partial<Settings> = {},
): Settings {
  const meta = { fingerprint: 'k1:0000000000000000', updatedAt: 1 }
  return {
    id: 1,
    projectId: 1,
    slug: service.slug,
    version: 1,
    active: true,
    flags: service.initialFlags,
    params,
    secrets: null,
    secretsMeta: Object.fromEntries(secrets.map((name) => [name, meta])),
    createdAt: 1,
    updatedAt: 1,
    ...row,
  }
}

function mergeInto(saved: Settings | null, slug: string, sent: object, input: Partial<MergeInput> = {}) {
  const service = serviceOf(slug)
  const request = parse(service, sent as Record<string, unknown>)
  return merge({ service, saved, savedSecrets: {}, request, activeByDefault: true, ...input })
}

const JENKINS = {
  jenkins_url: 'https://ci.example.com',
  project_name: 'a',
  username: null,
  enable_ssl_verification: true,
}
const jenkins = () => rowOf(serviceOf('jenkins'), JENKINS, ['password'])

describe('merge', () => {
  test('merge fills defaults at creation, and names what is missing', () => {
    const merged = mergeInto(null, 'jenkins', { project_name: 'a', password: 'p' })
    expect(merged).toMatchObject({
      active: true,
      params: { project_name: 'a', username: null, enable_ssl_verification: true, jenkins_url: null },
      set: { password: 'p' },
      missing: ['jenkins_url'],
    })
  })

  test('merge keeps what is omitted, and returns no change if nothing differs', () => {
    const { params, kept, changes } = mergeInto(jenkins(), 'jenkins', { project_name: 'a' })
    expect({ params, kept, changes }).toEqual({ params: JENKINS, kept: ['password'], changes: [] })
  })

  test('merge drops secrets that are not sent with a changed address, and demands the required ones', () => {
    const optional = mergeInto(jenkins(), 'jenkins', { jenkins_url: 'https://other.example.com' })
    expect(optional).toMatchObject({ dropped: ['password'], kept: [], violations: {} })
    expect(optional.changes).toContainEqual({ field: 'password', secret: 'dropped' })
    const bamboo = rowOf(serviceOf('bamboo'), { bamboo_url: 'https://a.example.com', username: 'u' }, [
      'password',
      'build_key',
    ])
    const required = mergeInto(bamboo, 'bamboo', { bamboo_url: 'https://b.example.com', password: 'p' })
    expect(required.violations).toEqual({ build_key: 'must be sent again, because bamboo_url changed' })
  })

  test('merge compares a sent secret with the saved one, and takes each as new if those are unknown', () => {
    const same = mergeInto(jenkins(), 'jenkins', { password: 'p' }, { savedSecrets: { password: 'p' } })
    expect([same.set, same.changes]).toEqual([{}, []])
    const unknown = mergeInto(jenkins(), 'jenkins', { password: 'p' }, { savedSecrets: null })
    expect(unknown.changes).toEqual([{ field: 'password', secret: 'set' }])
  })

  test('merge takes `active` from the request, else from the default', () => {
    expect(mergeInto(jenkins(), 'jenkins', {}, { activeByDefault: false }).active).toBe(false)
    expect(mergeInto(jenkins(), 'jenkins', { active: true }, { activeByDefault: false }).active).toBe(true)
  })

  test('merge resolves aliases, unless the parameter itself is sent', () => {
    const slack = rowOf(serviceOf('slack'), { branches_to_be_notified: 'protected' }, ['webhook'])
    const branches = (sent: object) => mergeInto(slack, 'slack', sent).params.branches_to_be_notified
    expect(branches({ notify_only_default_branch: false })).toBe('all')
    expect(branches({ notify_only_default_branch: true, branches_to_be_notified: 'all' })).toBe('all')
    expect(branches({ notify_only_default_branch: '' })).toBe('protected')
  })
})

describe('endpointsMovedMeanwhile', () => {
  const moved = () => rowOf(serviceOf('jenkins'), { ...JENKINS, jenkins_url: 'https://evil.example.com' })
  const check = (sent: object, found: Settings | null, current: Settings | null) =>
    endpointsMovedMeanwhile(
      serviceOf('jenkins'),
      parse(serviceOf('jenkins'), sent as Record<string, unknown>),
      found,
      current,
    )

  test('endpointsMovedMeanwhile names an address that changed under a secret that was sent without it', () => {
    expect(check({ password: 'p' }, jenkins(), moved())).toEqual(['jenkins_url'])
    expect(check({ password: 'p' }, null, moved())).toEqual(['jenkins_url'])
    expect(check({ password: 'p' }, jenkins(), null)).toEqual(['jenkins_url'])
  })

  test('endpointsMovedMeanwhile names none if the address is sent, if no secret is, or if it stayed', () => {
    expect(check({ password: 'p', jenkins_url: 'https://ci.example.com' }, jenkins(), moved())).toEqual([])
    expect(check({ project_name: 'b' }, jenkins(), moved())).toEqual([])
    expect(check({ password: null }, jenkins(), moved())).toEqual([])
    expect(check({ password: 'p' }, jenkins(), jenkins())).toEqual([])
    expect(check({ password: 'p' }, null, null)).toEqual([])
  })
})
