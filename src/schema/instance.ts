import * as z from 'zod'

export const welcomeShape = z.object({ message: z.string() })

export const versionShape = z.object({
  version: z.string().meta({ description: 'The version of GitLab that clients may expect', examples: ['18.9.0'] }),
  revision: z.string().meta({ examples: ['patchbay-1.0.0'] }),
})

/** GitLab's shape of a user. Each token has one, as in GitLab. */
export const userShape = z.object({
  id: z.int(),
  username: z.string().meta({ examples: ['project_1_bot_2'] }),
  name: z.string(),
  state: z.literal('active'),
  bot: z.boolean(),
})

/** The keys that seal secrets. */
export const keysShape = z.object({
  keys: z.array(
    z.object({
      id: z.string().meta({ examples: ['k1'] }),
      rows: z.int().meta({ description: 'Rows whose secrets the key seals' }),
      seals: z.boolean().meta({ description: 'New secrets are sealed with this key' }),
      in_ring: z.boolean().meta({ description: 'The key is listed in `ENCRYPTION_KEYS`' }),
    }),
  ),
})

export const rotationShape = z.object({
  resealed: z.int().meta({ description: 'Rows that this step sealed with the first key' }),
  unreadable: z
    .array(
      z.object({
        project_id: z.int(),
        slug: z.string().meta({ examples: ['slack'] }),
        cause: z.string().meta({ examples: ['ENCRYPTION_KEYS lacks its key, k1'] }),
      }),
    )
    .meta({ description: 'Rows of this step whose secrets do not open: they stay as they are' }),
  done: z.boolean().meta({ description: 'Each row is sealed with the first key' }),
  next_after: z
    .string()
    .nullable()
    .meta({
      description: 'The `after` of the next step; null if there is none',
      examples: ['k1:42'],
    }),
})

/** How a step of a rotation is asked for: behind the row with this key and id. */
export const rotationBody = z.object({
  after: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}:\d{1,15}$/, 'is invalid')
    .optional()
    .meta({ description: '`next_after` of the last step: continues behind its rows' }),
})

export const healthShape = z.object({ status: z.literal('ok') })

const check = z.enum(['ok', 'failed'])
export const readinessShape = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: check.meta({ description: 'It responds, and has all tables and columns' }),
  key_ring: check.meta({ description: '`ENCRYPTION_KEYS` is well-formed' }),
  public_url: check.meta({ description: '`PUBLIC_URL` is unset or well-formed' }),
})
