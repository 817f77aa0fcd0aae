import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { access } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { rules } from '../middleware/rules.ts'
import { keyUse, rotate } from '../settings/rotate.ts'

const instance = access(rules.instance, () => ({}))

/** What the operator does to the instance: `/admin`. */
export const adminHandler = new Hono<AppEnv>()
  .get('/keys', instance, async (c) => c.json({ keys: await keyUse(c.get('db'), c.get('keyRing')) }))
  .post('/rotate', parameters, instance, async (c) => c.json(await rotate(c.get('db'), c.get('keyRing'))))
