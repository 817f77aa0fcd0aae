import * as z from 'zod'
import { time } from './time.ts'

/** GitLab's shape of an audit event. */
export const auditShape = z
  .object({
    id: z.int(),
    author_id: z.int().meta({
      description:
        'ID of the user who made the change, as `GET /user` returns it: 1 for the instance, 0 for signed users',
    }),
    entity_id: z.int().meta({ description: 'Project ID' }),
    entity_type: z.literal('Project'),
    event_name: z.string().meta({ examples: ['settings.updated'] }),
    details: z.object({
      author_name: z.string(),
      author_kind: z
        .enum(['instance', 'token', 'signed', 'system'])
        .meta({ description: 'The instance, a project token, a user of a signed token, or Patchbay itself' }),
      target_type: z.string().meta({ examples: ['settings'] }),
      target_id: z.string().meta({ examples: ['slack'] }),
      target_details: z.string().meta({ examples: ['slack'] }),
      ip_address: z.string().nullable(),
      request_id: z.string(),
      changes: z
        .array(
          z.object({
            field: z.string(),
            from: z.unknown().optional(),
            to: z.unknown().optional(),
            secret: z.enum(['set', 'dropped']).optional(),
          }),
        )
        .meta({
          description:
            'Changed fields. Values have 1,024 characters at most, without credentials. Values of secrets are omitted',
        }),
      values_omitted: z
        .literal(true)
        .optional()
        .meta({ description: 'Present if the values were omitted because the page was too large' }),
    }),
    created_at: time,
  })
  .meta({
    examples: [
      {
        id: 1,
        author_id: 2,
        entity_id: 1,
        entity_type: 'Project',
        event_name: 'settings.updated',
        details: {
          author_name: 'deploy',
          author_kind: 'token',
          target_type: 'settings',
          target_id: 'slack',
          target_details: 'slack',
          ip_address: '203.0.113.7',
          request_id: '0f6c2c3e-5d1f-4f0c-9a43-0c1f2f8f9a11',
          changes: [{ field: 'channel', from: null, to: '#general' }],
        },
        created_at: '2026-11-23T08:56:11.402Z',
      },
    ],
  })
