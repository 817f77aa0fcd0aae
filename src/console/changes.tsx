import { labelOf } from '../schema/label.ts'
import type { AuditEntry, Change } from '../schema/tables.ts'
import { Ago } from './parts.tsx'

/** One field that changed: from what to what; of a secret, that it did. */
function ChangeLine({ change }: { change: Change }) {
  return (
    <li>
      <span class="name">{labelOf(change.field)}</span>
      {change.secret ? (
        <span class="masked">{change.secret === 'dropped' ? 'gone' : 'new secret'}</span>
      ) : (
        <>
          {!isEmpty(change.from) && <del>{textOf(change.from)}</del>}
          {isEmpty(change.to) ? <ins class="none">cleared</ins> : <ins>{textOf(change.to)}</ins>}
        </>
      )}
    </li>
  )
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

export function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

const VERBS: Readonly<Record<string, string>> = {
  'settings.created': 'set up',
  'settings.updated': 'changed',
  'settings.deleted': 'deleted',
  'settings.paused': 'paused',
  'token.created': 'made token',
  'token.rotated': 'rotated token',
  'token.revoked': 'revoked token',
  'token.reused': 'used the rotated token again:',
  'project.created': 'created the project',
  'project.updated': 'changed the project',
  'project.deleted': 'deleted the project',
  'link.created': 'made a link to the console for',
  'link.used': 'opened the console by the link of',
}

/** Returns who made a change. People know the instance token by whose it is. */
export function authorOf({ actorKind, actorName }: AuditEntry): string {
  return actorKind === 'instance' ? 'Operator' : actorName
}

export function verbOf({ action }: AuditEntry): string {
  return VERBS[action] ?? action
}

const FEW = 5

export function Changes({ entry: { action, changes } }: { entry: AuditEntry }) {
  const isNew = action.endsWith('.created')
  const shown = changes
    .filter((change) => change.secret || !(isEmpty(change.from) && isEmpty(change.to)))
    .filter(({ field, to }) => !(isNew && field === 'active' && to === true))
  const lines = shown.map((change) => <ChangeLine change={isNew ? { ...change, from: null } : change} />)
  if (lines.length === 0) return null
  if (lines.length <= FEW) return <ul class="changes">{lines}</ul>
  return (
    <details class="more">
      <summary>{shown.length} fields</summary>
      <ul class="changes">{lines}</ul>
    </details>
  )
}

/** The last entries of a service, beside its form. */
export function Recent({ entries, all, now }: { entries: readonly AuditEntry[]; all: string; now: number }) {
  if (entries.length === 0) return null
  return (
    <aside class="recent" aria-labelledby="recent">
      <h2 id="recent">Changes</h2>
      <ol>
        {entries.map((entry) => (
          <li>
            <p>
              <b>{authorOf(entry)}</b>{' '}
              {verbOf(entry)
                .replace(/^set up$/, 'set it up')
                .replace(/^(changed|deleted|paused)$/, '$1 it')}{' '}
              <Ago time={entry.createdAt} now={now} />
            </p>
            <Changes entry={entry} />
          </li>
        ))}
      </ol>
      <a href={all}>All changes</a>
    </aside>
  )
}
