import { expect, test } from 'vitest'
import { labelOf } from '../../src/schema/label.ts'

test.each([
  ['drone_url', 'Drone URL'],
  ['google_iap_service_account_json', 'Google IAP service account JSON'],
  ['merge_requests', 'Merge requests'],
  ['default_and_protected', 'Default and protected'],
  ['-2', '-2'],
])('%s is %s for people', (name, label) => {
  expect(labelOf(name)).toBe(label)
})
