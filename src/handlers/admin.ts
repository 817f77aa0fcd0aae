import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { access } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { validate } from '../middleware/validation.ts'
import { rotationBody } from '../schema/instance.ts'
import { rules } from '../schema/rules.ts'
import { keyUse, rotate } from '../settings/rotate.ts'
import type { RotationCursor } from '../store/settings.ts'

const instance = access(rules.instance, () => ({}))

/** Administration of the instance: `/admin`. */
export const adminHandler = new Hono<AppEnv>()
  .get('/keys', instance, async (c) => c.json({ keys: await keyUse(c.get('db'), c.get('keyRing')) }))
  .post('/rotate', parameters, instance, async (c) => {
    const { after } = validate(c, rotationBody)
    const { resealed, unreadable, done, next } = await rotate(
      c.var.db,
      c.var.keyRing,
      after ? toCursor(after) : undefined,
    )
    return c.json({ resealed, unreadable, done, next_after: next && `${next.keyId}:${next.id}` })
  })

function toCursor(after: string): RotationCursor {
  const [keyId = '', id = ''] = after.split(':')
  return { keyId, id: Number(id) }
}
