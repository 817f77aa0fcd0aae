import type { Scope } from '../schema/tables.ts'
import type { NewAuditEntry } from '../store/audit.ts'

/** The caller of a request: its rights, and what audit entries record of it. */
export interface Actor {
  /** The instance token, a token of ours, or one that the tool has signed. */
  kind: 'instance' | 'token' | 'signed'
  /** Null for callers without a row in `tokens`. */
  tokenId: number | null
  name: string
  /** The id of its own project, 0 if that does not exist; null for the instance token, which owns them all. */
  project: number | null
  role: number
  scopes: readonly Scope[]
  address: string | null
  requestId: string
}

export function mayReadSecrets({ scopes }: Pick<Actor, 'scopes'>): boolean {
  return scopes.includes('read_secrets')
}

/** The audit entry of a change that the actor makes. */
export function entryOf(
  { tokenId, name, address, requestId }: Pick<Actor, 'tokenId' | 'name' | 'address' | 'requestId'>,
  change: Pick<NewAuditEntry, 'projectId' | 'action' | 'subject' | 'changes' | 'writeId' | 'createdAt'>,
): NewAuditEntry {
  return { ...change, actorId: tokenId, actorName: name, address, requestId }
}
