import * as z from 'zod'

export const messageShape = z.object({ message: z.string() })

/** Links to the rest of the API. */
export const welcomeShape = messageShape.extend({
  documentation: z.string().meta({ format: 'uri', description: 'Documentation for people' }),
  openapi: z.string().meta({ format: 'uri', description: 'OpenAPI document' }),
  services: z.string().meta({ format: 'uri', description: 'Catalogue of services' }),
})

export const versionShape = z.object({
  version: z.string().meta({ description: 'GitLab version that the API is compatible with', examples: ['18.9.0'] }),
  revision: z.string().meta({ examples: ['patchbay-1.0.0'] }),
})

/** GitLab's shape of a user. Each token has one. */
export const userShape = z
  .object({
    id: z.int(),
    username: z.string().meta({ examples: ['project_1_bot_2'] }),
    name: z.string(),
    state: z.literal('active'),
    bot: z.boolean(),
  })
  .meta({ examples: [{ id: 2, username: 'project_1_bot_2', name: 'deploy', state: 'active', bot: true }] })

/** The keys that encrypt secrets. */
export const keysShape = z
  .object({
    keys: z.array(
      z.object({
        id: z.string().meta({ examples: ['k1'] }),
        rows: z.int().meta({ description: 'Number of settings that are encrypted with the key' }),
        seals: z.boolean().meta({ description: 'Whether new values are encrypted with the key' }),
        in_ring: z.boolean().meta({ description: 'Whether `ENCRYPTION_KEYS` contains the key' }),
      }),
    ),
  })
  .meta({
    examples: [
      {
        keys: [
          { id: 'k2', rows: 40, seals: true, in_ring: true },
          { id: 'k1', rows: 2, seals: false, in_ring: true },
        ],
      },
    ],
  })

/** One step of a rotation. */
export const rotationShape = z.object({
  resealed: z.int().meta({ description: 'Number of settings that were encrypted with the first key' }),
  unreadable: z
    .array(
      z.object({
        project_id: z.int(),
        slug: z.string().meta({ examples: ['slack'] }),
        cause: z.string().meta({ examples: ['ENCRYPTION_KEYS lacks its key, k1'] }),
      }),
    )
    .meta({ description: 'Settings whose secrets cannot be decrypted. They were not changed' }),
  done: z.boolean().meta({ description: 'Whether all settings are encrypted with the first key' }),
  next_after: z
    .string()
    .nullable()
    .meta({
      description: 'Value of `after` in the next request. Null if there is none',
      examples: ['k1:42'],
    }),
})

export const healthShape = z.object({ status: z.literal('ok') })

const check = z.enum(['ok', 'failed'])
export const readinessShape = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: check.meta({ description: 'Whether the database responds and has all tables and columns' }),
  key_ring: check.meta({ description: 'Whether `ENCRYPTION_KEYS` is valid' }),
  signed_tokens: check.meta({ description: 'Whether `JWT_JWKS`, `JWT_ISSUER` and `JWT_AUDIENCE` are unset or valid' }),
  public_url: check.meta({ description: 'Whether `PUBLIC_URL` is unset or valid' }),
})
