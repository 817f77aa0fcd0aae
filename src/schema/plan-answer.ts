import * as z from 'zod'

const field = z.object({
  field: z.string().meta({ examples: ['username'] }),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
  secret: z.enum(['sent', 'changed', 'unchanged', 'dropped']).optional().meta({
    description:
      'What becomes of a secret. Whether one that is sent differs from the saved one is shown only with the scope `read_secrets`',
  }),
})

const ignored = z
  .array(z.string())
  .optional()
  .meta({ description: 'Parameters that their services do not have', examples: [['slack.colour']] })

const counts = z.record(z.string(), z.int()).meta({ examples: [{ create: 1, change: 0, unchanged: 0, delete: 0 }] })

/** What became of many services of a project, or what would. */
export const planShape = z.object({
  dry_run: z.boolean(),
  changes: z.array(
    z.object({
      slug: z.string().meta({ examples: ['slack'] }),
      action: z.enum(['create', 'change', 'unchanged', 'delete', 'absent']),
      fields: z.array(field),
      notes: z.record(z.string(), z.string()).optional().meta({ description: 'Remarks on values that are accepted' }),
    }),
  ),
  summary: counts,
  ignored,
})

/** The same of many projects. */
export const manyPlansShape = z.object({
  dry_run: z.boolean(),
  projects: z.array(
    z.object({
      id: z.int(),
      path_with_namespace: z
        .string()
        .nullable()
        .meta({ examples: ['acme/demo'] }),
      status: z.enum(['planned', 'applied', 'unchanged', 'failed']),
      summary: counts.optional(),
      message: z.string().optional().meta({ description: 'What went wrong' }),
      errors: z.record(z.string(), z.array(z.string())).optional(),
    }),
  ),
  summary: z.record(z.string(), z.int()).meta({ examples: [{ applied: 1, unchanged: 0, failed: 0 }] }),
  ignored,
  next_after: z.int().nullable().meta({ description: 'What to send as `after` to go on; null where all is done' }),
})
