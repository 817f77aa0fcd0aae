import * as z from 'zod'
import { time } from './time.ts'

/** GitLab's shape of a project. */
export const projectShape = z
  .object({
    id: z.int(),
    description: z.string().nullable(),
    name: z.string(),
    name_with_namespace: z.string(),
    path: z.string(),
    path_with_namespace: z.string(),
    namespace: z
      .object({ name: z.string(), path: z.string(), kind: z.literal('group'), full_path: z.string() })
      .nullable(),
    default_branch: z.string(),
    emails_enabled: z.boolean(),
    protected_branches: z.array(z.string()).meta({ description: 'Names of protected branches. `*` matches any text' }),
    visibility: z.literal('private'),
    web_url: z.string().meta({ format: 'uri' }),
    created_at: time,
    archived: z.literal(false),
  })
  .meta({
    examples: [
      {
        id: 1,
        description: null,
        name: 'Demo',
        name_with_namespace: 'acme / Demo',
        path: 'demo',
        path_with_namespace: 'acme/demo',
        namespace: { name: 'acme', path: 'acme', kind: 'group', full_path: 'acme' },
        default_branch: 'main',
        emails_enabled: true,
        protected_branches: ['main'],
        visibility: 'private',
        web_url: 'https://patchbay.example.com/acme/demo',
        created_at: '2026-11-23T08:56:11.402Z',
        archived: false,
      },
    ],
  })
