import * as z from 'zod'
import { clearable, flag, integer, lines, list, required, text } from './field.ts'
import { pageQuery } from './page.ts'

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
  search: z
    .string()
    .max(255)
    .default('')
    .meta({ description: 'Return projects whose name or path starts with this text' }),
})
