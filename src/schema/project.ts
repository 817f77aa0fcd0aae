import * as z from 'zod'
import { clearable, flag, integer, lines, list, required, text } from './field.ts'
import { pageQuery } from './page.ts'
import { time } from './time.ts'

const name = required(text('Name of the project', 255))
const path = required(text('Last part of the full path', 255))

const fields = z.object({
  name,
  path,
  description: clearable(lines('Description of the project')),
  default_branch: clearable(text('Default branch', 255)),
  emails_enabled: clearable(flag('Send e-mail about events of the project')),
  protected_branches: clearable(list('Names of the protected branches; `*` matches any text')),
})

export const projectEdition = fields.meta({ examples: [{ description: 'What we show to visitors' }] })

export const projectCreation = fields
  .extend({
    id: clearable(integer('Id of the project, for callers that assign ids themselves')),
    namespace_path: clearable(text('Full path of the namespace', 1024)),
  })
  .meta({
    anyOf: [{ required: ['name'] }, { required: ['path'] }],
    examples: [{ name: 'Demo', namespace_path: 'acme' }],
  })

export const projectQuery = pageQuery.extend({
  search: z.string().default('').meta({ description: 'Beginning of the name or the path' }),
})

/** GitLab's shape of a project. */
export const projectShape = z.object({
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
  protected_branches: z.array(z.string()).meta({ description: 'Names, in which `*` matches any text' }),
  visibility: z.literal('private'),
  web_url: z.string().meta({ format: 'uri' }),
  created_at: time,
  archived: z.literal(false),
})
