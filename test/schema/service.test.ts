import { expect, test } from 'vitest'
import { secret, text } from '../../src/schema/field.ts'
import { defineService } from '../../src/schema/service.ts'

function declare() {
  let built = 0
  const service = defineService({
    slug: 'example',
    kind: 'chat',
    title: 'Example',
    description: 'Sends nothing.',
    params: () => {
      built += 1
      return { token: secret(text('Token')) }
    },
    events: [],
  })
  return { service, timesBuilt: () => built }
}

test('declaring a service builds none of its schemas: a Worker that starts declares all services', () => {
  expect(declare().timesBuilt()).toBe(0)
})

test('the schemas of a service are built at the first use and kept', () => {
  const { service, timesBuilt } = declare()
  expect(service.params.map(({ name }) => name)).toEqual(['token'])
  expect(service.request.safeParse({ token: 's3cret' }).success).toBe(true)
  expect(service.request).toBe(service.request)
  expect(timesBuilt()).toBe(1)
})
