import * as z from 'zod'

const field = z.object({
  field: z.string(),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
  secret: z.enum(['sent', 'changed', 'unchanged', 'dropped']).optional().meta({
    description:
      'Change of a secret. Only callers with the scope `read_secrets` see whether a sent secret differs from the saved one',
  }),
})

const ignored = {
  ignored: z
    .array(z.string())
    .optional()
    .meta({ description: 'Unknown parameters, which were ignored: the first 100', examples: [['slack.colour']] }),
  ignored_more: z.int().optional().meta({ description: 'Number of further unknown parameters that were ignored' }),
}

const counts = z.record(z.string(), z.int())

/** The changes of a plan. */
export const planShape = z
  .object({
    dry_run: z.boolean(),
    changes: z.array(
      z.object({
        slug: z.string(),
        action: z.enum(['create', 'change', 'unchanged', 'delete', 'absent']),
        fields: z.array(field),
        notes: z
          .record(z.string(), z.string())
          .optional()
          .meta({ description: 'Remarks on accepted values, by field' }),
      }),
    ),
    summary: counts,
    ...ignored,
  })
  .meta({
    examples: [
      {
        dry_run: false,
        changes: [
          {
            slug: 'external-wiki',
            action: 'create',
            fields: [{ field: 'external_wiki_url', to: 'https://wiki.example.com' }],
          },
        ],
        summary: { create: 1, change: 0, unchanged: 0, delete: 0 },
      },
    ],
  })

/** The changes of a plan for many projects. */
export const manyPlansShape = z
  .object({
    dry_run: z.boolean(),
    projects: z.array(
      z.object({
        id: z.int(),
        path_with_namespace: z.string().nullable(),
        status: z.enum(['planned', 'applied', 'unchanged', 'failed']),
        summary: counts.optional(),
        message: z.string().optional().meta({ description: 'Error message' }),
        errors: z.record(z.string(), z.array(z.string())).optional(),
      }),
    ),
    summary: z.record(z.string(), z.int()),
    ...ignored,
    next_after: z
      .int()
      .nullable()
      .meta({ description: 'Value of `after` in the next request. Null if all projects are done' }),
  })
  .meta({
    examples: [
      {
        dry_run: false,
        projects: [
          {
            id: 1,
            path_with_namespace: 'acme/demo',
            status: 'applied',
            summary: { create: 1, change: 0, unchanged: 0, delete: 0 },
          },
        ],
        summary: { applied: 1, unchanged: 0, failed: 0 },
        next_after: null,
      },
    ],
  })
