import { expect, test } from 'vitest'
import { readDeployment } from '../../src/services/deployment.ts'
import { ask } from '../support/api.ts'

test.each([
  [undefined, undefined, false],
  ['development', undefined, true],
  ['production', '', false],
  [undefined, 'true', true],
  [undefined, '1', true],
  ['development', 'false', false],
  [undefined, 'yes', false],
])(
  'with ENVIRONMENT %s and ALLOW_LOCAL_NETWORK %s the local network is allowed: %s',
  (ENVIRONMENT, ALLOW_LOCAL_NETWORK, allowed) => {
    expect(readDeployment({ ENVIRONMENT, ALLOW_LOCAL_NETWORK }).allowLocalNetwork).toBe(allowed)
  },
)

test('services of development are unknown to every other environment', async () => {
  for (const ENVIRONMENT of [undefined, 'production', 'Development']) {
    expect(readDeployment({ ENVIRONMENT }).services.find('mock-ci')).toBeUndefined()
    expect((await ask('services/mock-ci', { token: null, env: { ENVIRONMENT } })).status).toBe(404)
  }
  expect(readDeployment({ ENVIRONMENT: 'development' }).services.find('mock-ci')?.slug).toBe('mock-ci')
})
