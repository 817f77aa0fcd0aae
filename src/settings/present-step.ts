import type { Step } from './plan.ts'

/**
 * Returns what happens to one service, as plans show it. Whether a secret that is sent differs from the saved one is told
 * only to callers that may read it (docs/rules.md#guessing).
 */
export function presentStep({ slug, action, changes, sentSecrets, notes }: Step, mayReadSecrets: boolean) {
  const plain = changes.filter(({ secret }) => secret === undefined)
  const changed = new Set(changes.map(({ field }) => field))
  const outcomeOf = (field: string) => (changed.has(field) ? 'changed' : 'unchanged')
  return {
    slug,
    action,
    fields: [
      ...plain,
      ...sentSecrets.map((field) => ({ field, secret: mayReadSecrets ? outcomeOf(field) : 'sent' })),
      ...changes.filter(({ secret }) => secret === 'dropped'),
    ],
    ...(Object.keys(notes).length > 0 && { notes }),
  }
}

interface PresentedPlan {
  dryRun: boolean
  steps: readonly Step[]
  /** Parameters that their services do not have, as `slug.name`. */
  ignored: readonly string[]
}

/** Returns a plan, or what became of it, as responses show it. */
export function presentPlan({ dryRun, steps, ignored }: PresentedPlan, mayReadSecrets: boolean) {
  return {
    dry_run: dryRun,
    changes: steps.map((step) => presentStep(step, mayReadSecrets)),
    summary: summarize(steps),
    ...presentIgnored(ignored),
  }
}

const MAX_IGNORED = 100

export function presentIgnored(ignored: readonly string[]) {
  const more = ignored.length - MAX_IGNORED
  return {
    ...(ignored.length > 0 && { ignored: ignored.slice(0, MAX_IGNORED) }),
    ...(more > 0 && { ignored_more: more }),
  }
}

export function summarize(steps: readonly Step[]) {
  const counts = Map.groupBy(steps, ({ action }) => action)
  const count = (action: Step['action']) => counts.get(action)?.length ?? 0
  return {
    create: count('create'),
    change: count('change'),
    unchanged: count('unchanged'),
    delete: count('delete'),
    ...(counts.has('absent') && { absent: count('absent') }),
  }
}
