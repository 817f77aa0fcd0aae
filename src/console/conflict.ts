import type { AuditEntry } from '../schema/tables.ts'
import { authorOf } from './changes.tsx'
import { isSame, type Shown } from './form.ts'

/** A field that somebody else changed while a form was open. */
export interface Clash {
  field: string
  from: unknown
  to: unknown
  who: string
  when: number
  /** The value in the form; undefined for a field that was left as it was, and for a secret. */
  mine?: unknown
  isSecret: boolean
}

/** Returns the fields that others changed, by the entries of the trail since a form was opened, newest first. */
export function clashesOf(entries: readonly AuditEntry[], mine: Shown): Clash[] {
  const clashes = new Map<string, Clash>()
  for (const entry of [...entries].reverse()) {
    const who = authorOf(entry)
    const when = entry.createdAt
    for (const { field, from, to, secret } of entry.changes) {
      const before = clashes.get(field)
      clashes.set(field, { field, from: before ? before.from : from, to, who, when, isSecret: secret !== undefined })
    }
  }
  return [...clashes.values()]
    .filter((clash) => clash.isSecret || !isSame(clash.from, clash.to))
    .map((clash) =>
      isSame(mine[clash.field], clash.from) || isSame(mine[clash.field], clash.to)
        ? clash
        : { ...clash, mine: mine[clash.field] },
    )
}

/** Returns what the form shows next: theirs where it had left a field alone, else its own. */
export function rebased(mine: Shown, theirs: Shown, clashes: readonly Clash[]): Shown {
  const yielded = clashes
    .filter((clash) => clash.mine === undefined && !clash.isSecret)
    .map(({ field }) => [field, theirs[field]])
  return { ...mine, ...Object.fromEntries(yielded) }
}
