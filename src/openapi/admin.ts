import { keysShape, rotationShape } from '../schema/instance-response.ts'
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
      summary: 'List the encryption keys and what they encrypt',
      rule: 'instance',
      responses: { 200: one(keys, 'Keys. Those in `ENCRYPTION_KEYS` come first') },
    },
    'POST /admin/rotate': {
      id: 'rotateKeys',
      summary: 'Re-encrypt settings with the first key',
      rule: 'instance',
      responses: { 200: one(rotation, 'Progress. Repeat the request until `done` is true') },
    },
  },
}
