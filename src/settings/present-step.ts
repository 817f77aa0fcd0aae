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
