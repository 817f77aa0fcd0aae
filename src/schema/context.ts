import type { FlagName } from './events.ts'
import type { Occurrence } from './payload.ts'

/** Facts of a delivery besides the event and the parameters. */
export interface DeliveryContext {
  projectName: string
  /** `Acme / Rocket`. */
  projectFullName: string
  projectUrl: string
  /** Origin of the tool that sent the event, e.g. `https://gitlab.example.com`; blank if the event does not say. */
  instance: string
  emailsEnabled: boolean
  /** Returns whether the branch of the event is protected. */
  isProtected(branch: string): boolean
  /** Returns whether a flag of the settings is on. */
  isOn(flag: FlagName): boolean
  /** The same for every attempt of this delivery, and for no other one: letters, digits and hyphens. */
  idempotencyKey: string
  /** Time at which the event was accepted. */
  acceptedAt: Date
}

/** Fallbacks for events that do not describe their project. */
export interface KnownProject {
  name: string
  fullName: string
  protectedBranches: readonly string[]
  emailsEnabled: boolean
}

/** The context of a delivery. What the event says of its project beats what is known of it. */
export function contextOf(
  { kind, payload }: Occurrence,
  known: KnownProject,
  own: Pick<DeliveryContext, 'isOn' | 'idempotencyKey' | 'acceptedAt'>,
): DeliveryContext {
  const { project } = payload
  const isRefProtected =
    kind === 'push' || kind === 'tag_push'
      ? payload.ref_protected
      : kind === 'pipeline'
        ? payload.object_attributes.protected_ref
        : null
  const isSent = project.name !== '' && project.namespace !== ''
  return {
    ...own,
    projectName: project.name || known.name,
    projectFullName: isSent ? `${project.namespace} / ${project.name}` : known.fullName,
    projectUrl: project.web_url,
    instance: URL.parse(project.web_url)?.origin ?? '',
    emailsEnabled: known.emailsEnabled,
    isProtected: (branch) => isRefProtected ?? known.protectedBranches.some((pattern) => matches(pattern, branch)),
  }
}

/** Compares with `*` for any characters. Done without a regular expression: patterns come from users. */
function matches(pattern: string, branch: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === branch
  if (!branch.startsWith(first) || !branch.endsWith(last) || branch.length < first.length + last.length) return false
  const end = branch.length - last.length
  let at = first.length
  for (const part of rest) {
    const found = branch.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
