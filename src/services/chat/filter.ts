import type { DeliveryContext } from '../../schema/context.ts'
import { type Occurrence, refName } from '../../schema/payload.ts'

/** The parameters by which a project narrows what is announced. */
export interface Filter {
  branches_to_be_notified: string
  notify_only_broken_pipelines: boolean
  notify_only_when_pipeline_status_changes?: boolean
  labels_to_be_notified?: string | null
  labels_to_be_notified_behavior?: string
}

/** Returns why an event is not announced; undefined if it is. */
export function silence(filter: Filter, occurrence: Occurrence, context: DeliveryContext): string | undefined {
  return (
    branchSilence(filter, occurrence, context) ?? statusSilence(filter, occurrence) ?? labelSilence(filter, occurrence)
  )
}

export function branchSilence(
  filter: Pick<Filter, 'branches_to_be_notified'>,
  occurrence: Occurrence,
  context: DeliveryContext,
): string | undefined {
  const branch = branchOf(occurrence)
  return branch === undefined || isNotified(branch, filter, occurrence, context)
    ? undefined
    : `branches_to_be_notified is ${filter.branches_to_be_notified}, which leaves out ${branch}`
}

/** Returns whether `branches_to_be_notified` includes the branch. */
export function isNotified(
  branch: string,
  { branches_to_be_notified: which }: Pick<Filter, 'branches_to_be_notified'>,
  { payload }: Occurrence,
  { isProtected }: DeliveryContext,
): boolean {
  const isDefault = () => branch === payload.project.default_branch
  switch (which) {
    case 'all':
      return true
    case 'default':
      return isDefault()
    case 'protected':
      return isProtected(branch)
    case 'default_and_protected':
      return isDefault() || isProtected(branch)
    default:
      return false
  }
}

/** The branch that an event is about; undefined if none, or if it is a tag, which is always announced. */
function branchOf({ kind, payload }: Occurrence): string | undefined {
  switch (kind) {
    case 'push':
      return refName(payload.ref)
    case 'pipeline':
      return payload.object_attributes.tag ? undefined : payload.object_attributes.ref
    case 'deployment':
      return payload.ref || undefined
    default:
      return undefined
  }
}

function statusSilence(filter: Filter, { kind, payload }: Occurrence): string | undefined {
  return kind === 'pipeline' ? pipelineSilence(filter, payload.object_attributes) : undefined
}

/** Returns why a pipeline with this status is not announced. */
export function pipelineSilence(
  filter: Pick<Filter, 'notify_only_broken_pipelines' | 'notify_only_when_pipeline_status_changes'>,
  { status, ref_status_name: change }: { status: string; ref_status_name: string },
): string | undefined {
  if (status !== 'failed' && status !== 'success') return 'only pipelines that passed or failed are announced'
  if (status === 'success' && filter.notify_only_broken_pipelines) return 'notify_only_broken_pipelines is on'
  if (!filter.notify_only_when_pipeline_status_changes) return undefined
  if (change === (status === 'failed' ? 'broken' : 'fixed')) return undefined
  return change
    ? 'notify_only_when_pipeline_status_changes is on, and the status is that of the last pipeline'
    : 'notify_only_when_pipeline_status_changes is on, and the event does not say whether the status changed'
}

function labelSilence(filter: Filter, occurrence: Occurrence): string | undefined {
  const wanted = splitLabels(filter.labels_to_be_notified)
  const titles = labelsOf(occurrence)
  if (wanted.length === 0 || titles === undefined) return undefined
  const isThere = (label: string) => titles.includes(label)
  const passes = filter.labels_to_be_notified_behavior === 'match_all' ? wanted.every(isThere) : wanted.some(isThere)
  return passes ? undefined : 'labels_to_be_notified leaves out the labels of the event'
}

function splitLabels(text: string | null | undefined): readonly string[] {
  const names = (text ?? '').replaceAll('~', '').split(',')
  return names.map((name) => name.trim()).filter((name) => name !== '')
}

/** The labels of an event; undefined for kinds that have none. */
function labelsOf({ kind, payload }: Occurrence): readonly string[] | undefined {
  switch (kind) {
    case 'issue':
    case 'incident':
    case 'work_item':
    case 'merge_request':
      return titlesOf(payload.labels, payload.object_attributes.labels)
    case 'note':
      return titlesOf(payload.labels, payload.issue.labels, payload.merge_request.labels)
    default:
      return undefined
  }
}

function titlesOf(...lists: readonly (readonly { title: string }[])[]): readonly string[] {
  return lists.flat().map(({ title }) => title)
}
