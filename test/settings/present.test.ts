import { expect, test } from 'vitest'
import type { Service } from '../../src/schema/service.ts'
import type { Settings } from '../../src/schema/tables.ts'
import { registryFor } from '../../src/services/registry.ts'
import { presentLong, presentShort } from '../../src/settings/present.ts'

const service = registryFor(false).find('asana') as Service
const row: Settings = {
  id: 7,
  projectId: 1,
  slug: 'asana',
  version: 3,
  active: true,
  flags: service.initialFlags,
  params: {},
  secrets: 'v1.k1.iv.sealed',
  secretsMeta: { api_key: { fingerprint: 'k1:0123456789abcdef', updatedAt: 2000 } },
  createdAt: 1000,
  updatedAt: 2000,
}
const meta = { set: true, fingerprint: 'k1:0123456789abcdef', updated_at: '1970-01-01T00:00:02.000Z' }

test('the short shape has no parameters, and neither shape has columns of its own', () => {
  expect(Object.keys(presentShort(service, row)).slice(0, 6)).toEqual([
    'id',
    'title',
    'slug',
    'created_at',
    'updated_at',
    'active',
  ])
  for (const shape of [presentShort(service, row), presentLong(service, row)])
    expect(JSON.stringify(shape)).not.toMatch(/sealed|version|projectId|secretsMeta/)
})

test('the long shape shows defaults, and of a secret only whether it is set', () => {
  expect(presentLong(service, row)).toMatchObject({
    properties: { restrict_to_branch: null },
    secrets: { api_key: meta },
  })
  expect(presentLong(service, row).properties).not.toHaveProperty('api_key')
  expect(presentLong(service, row)).not.toHaveProperty('unreadable')
  expect(presentLong(service, { ...row, secretsMeta: {} }).secrets).toEqual({
    api_key: { set: false, fingerprint: null, updated_at: null },
  })
})

test('the long shape shows secrets only if they are given, and marks those that do not open', () => {
  const read = presentLong(service, row, { savedSecrets: { api_key: 'Own-Key' } })
  expect([read.properties.api_key, 'unreadable' in read]).toEqual(['Own-Key', false])
  expect(presentLong(service, row, { savedSecrets: null })).toMatchObject({ unreadable: true })
  expect(presentLong(service, row, { savedSecrets: null }).properties).not.toHaveProperty('api_key')
})

test('the long shape has notes only if there are some', () => {
  expect(presentLong(service, row)).not.toHaveProperty('notes')
  expect(presentLong(service, row, { notes: { api_key: 'is an example' } })).toMatchObject({
    notes: { api_key: 'is an example' },
  })
})
