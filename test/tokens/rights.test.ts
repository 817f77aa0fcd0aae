import { expect, test } from 'vitest'
import type { Scope } from '../../src/schema/tables.ts'
import { excessRights } from '../../src/tokens/rights.ts'

const SCOPES = ['must be among those of the token']
const ROLE = ['must not be above that of the token']

test.each<[Scope[], number, object]>([
  [['api', 'read_secrets'], 40, {}],
  [['api'], 10, {}],
  [['read_api'], 40, { scopes: SCOPES }],
  [['api', 'read_api'], 40, { scopes: SCOPES }],
  [['api'], 50, { access_level: ROLE }],
  [['read_api'], 50, { scopes: SCOPES, access_level: ROLE }],
])('scopes %j and role %d exceed api, read_secrets and 40 by %j', (scopes, accessLevel, excess) => {
  expect(excessRights({ scopes, accessLevel }, { scopes: ['api', 'read_secrets'], accessLevel: 40 })).toEqual(excess)
})
