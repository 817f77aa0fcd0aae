import * as z from 'zod'
import { clearable, flag, integer, lines, list, required, text } from './field.ts'
import { pageQuery } from './page.ts'
import { time } from './time.ts'

const name = required(text('Name of the project', 255))
const path = required(text('Path of the project: the last part of its full path', 255))

const fields = z.object({
  name,
  path,
  description: clearable(lines('Description of the project')),
  default_branch: clearable(text('Name of the default branch', 255)),
  emails_enabled: clearable(flag('Whether emails about events of the project are sent')),
  protected_branches: clearable(list('Names of the protected branches; `*` matches any text')),
})

export const projectEdition = fields.meta({ examples: [{ description: 'What we show to visitors' }] })

export const projectCreation = fields
  .extend({
    id: clearable(integer('Project ID. Default: the next free one')),
    namespace_path: clearable(text('Full path of the namespace', 1024)),
  })
  .meta({
    anyOf: [{ required: ['name'] }, { required: ['path'] }],
    examples: [{ name: 'Demo', namespace_path: 'acme' }],
  })

export const projectQuery = pageQuery.extend({
  search: z.string().default('').meta({ description: 'Return projects whose name or path starts with this text' }),
})

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
