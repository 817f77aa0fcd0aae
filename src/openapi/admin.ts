import { keysShape, rotationShape } from '../schema/instance.ts'
import type { Resource } from './operation.ts'
import { one, responseSchema } from './resource.ts'

const keys = responseSchema('Keys', keysShape)
const rotation = responseSchema('Rotation', rotationShape)

export const admin: Resource = {
  tag: { name: 'Administration', description: 'Encryption keys of the instance.' },
  schemas: [keys, rotation],
  operations: {
    'GET /admin/keys': {
      id: 'listKeys',
      summary: 'What each key still seals',
      rule: 'instance',
      responses: { 200: one(keys, 'The keys, those of the ring first') },
    },
    'POST /admin/rotate': {
      id: 'rotateKeys',
      summary: 'Seal one step of the rows of other keys with the first key',
      rule: 'instance',
      responses: { 200: one(rotation, 'What was done') },
    },
  },
}
