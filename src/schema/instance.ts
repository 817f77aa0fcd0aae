import * as z from 'zod'

export const welcomeShape = z.object({ message: z.string() })

export const versionShape = z.object({
  version: z.string().meta({ description: 'The GitLab whose clients are served', examples: ['18.9.0'] }),
  revision: z.string().meta({ examples: ['patchbay-1.0.0'] }),
})

/** GitLab's shape of a user: of the one that a token stands for. */
export const userShape = z.object({
  id: z.int(),
  username: z.string().meta({ examples: ['project_1_bot_2'] }),
  name: z.string(),
  state: z.literal('active'),
  bot: z.boolean(),
})

/** The keys that secrets are sealed with. */
export const keysShape = z.object({
  keys: z.array(
    z.object({
      id: z.string().meta({ examples: ['k1'] }),
      rows: z.int().meta({ description: 'What it still seals' }),
      seals: z.boolean().meta({ description: 'What is saved now is sealed with it' }),
      in_ring: z.boolean().meta({ description: 'It is among `ENCRYPTION_KEYS`' }),
    }),
  ),
})

export const rotationShape = z.object({
  resealed: z.int(),
  done: z.boolean().meta({ description: 'Nothing is left to do' }),
})

export const healthShape = z.object({ status: z.literal('ok') })

const check = z.enum(['ok', 'failed'])
export const readinessShape = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: check.meta({ description: 'It responds, and has all tables and columns' }),
  key_ring: check.meta({ description: '`ENCRYPTION_KEYS` is well-formed' }),
  public_url: check.meta({ description: '`PUBLIC_URL` is unset or well-formed' }),
})
