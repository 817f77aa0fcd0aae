import { type EventName, flagOf } from '../schema/events.ts'
import { type Kind, type Occurrence, toOccurrence } from '../schema/payload.ts'
import { type Service, subscribesTo } from '../schema/service.ts'
import type { Project } from '../schema/tables.ts'

const ORIGIN = 'https://git.example.com'
const BRANCH = 'main'
const SHA = '5ca1ab1e'.repeat(5)
const AT = '2026-01-02T03:04:05Z'
const USER = { id: 1, name: 'Patchbay', username: 'patchbay', avatar_url: null, email: 'patchbay@example.com' }

/**
 * Returns a sample event about the project: the one that the trigger subscribes to, else the first that the service acts
 * on. Undefined if the service acts on none. It passes the filters that look at branches and results of pipelines.
 */
export function sampleFor(service: Service, project: Project, trigger: EventName | undefined): Occurrence | undefined {
  const kinds = Object.keys(service.deliver) as Kind[]
  const samples = kinds.flatMap((kind) => [false, true].map((confidential) => sample(kind, project, confidential)))
  const triggeredBy = (name: EventName) =>
    samples.find((occurrence) => subscribesTo(service, occurrence, (flag) => flag === flagOf(name)))
  if (trigger) return triggeredBy(trigger)
  return service.events.map(triggeredBy).find((occurrence) => occurrence !== undefined) ?? samples[0]
}

/** @throws for a kind that no service acts on, which the type excludes */
export function sample(kind: Kind, project: Project, confidential = false): Occurrence {
  const body = bodyOf(kind, project, confidential)
  const occurrence = toOccurrence(body, JSON.stringify(body))
  if (!occurrence) throw new Error('no event of a known kind')
  return occurrence
}

function bodyOf(kind: Kind, { id, name, fullPath }: Project, confidential: boolean) {
  const url = `${ORIGIN}/${fullPath}`
  return {
    object_kind: kind,
    event_type: confidential ? `confidential_${kind}` : kind,
    user: USER,
    user_name: USER.name,
    user_username: USER.username,
    user_email: USER.email,
    project: {
      id,
      name,
      namespace: fullPath.split('/').slice(0, -1).join('/'),
      path_with_namespace: fullPath,
      web_url: url,
      git_http_url: `${url}.git`,
      default_branch: BRANCH,
    },
    repository: { name, homepage: url },
    ...fields[kind]?.(url, confidential),
  }
}

const commit = (url: string) => ({
  id: SHA,
  message: 'Test the connection',
  title: 'Test the connection',
  timestamp: AT,
  url: `${url}/-/commit/${SHA}`,
  author: { name: USER.name, email: USER.email },
  added: [],
  modified: ['README.md'],
  removed: [],
})

const pushed = (ref: string) => (url: string) => ({
  ref,
  ref_protected: true,
  before: SHA.replaceAll('5', '0'),
  after: SHA,
  checkout_sha: SHA,
  commits: [commit(url)],
  total_commits_count: 1,
})

const item = (type: string) => (url: string, confidential: boolean) => ({
  object_attributes: {
    id: 1,
    iid: 1,
    title: 'Sample of a test',
    description: 'Sent to test the connection.',
    url: `${url}/-/issues/1`,
    state: 'opened',
    action: 'open',
    type,
    confidential,
    labels: [],
  },
})

/** The fields of each kind. What they lack, the schema of payloads supplies. */
const fields: Partial<Record<Kind, (url: string, confidential: boolean) => object>> = {
  push: pushed(`refs/heads/${BRANCH}`),
  tag_push: pushed('refs/tags/v1.0.0'),
  issue: item('Issue'),
  incident: item('Incident'),
  work_item: item('Task'),
  merge_request: (url) => ({
    object_attributes: {
      id: 1,
      iid: 1,
      title: 'Sample of a test',
      url: `${url}/-/merge_requests/1`,
      state: 'opened',
      action: 'open',
      source_branch: 'sample',
      target_branch: BRANCH,
      merge_status: 'can_be_merged',
      last_commit: commit(url),
    },
  }),
  note: (url, confidential) => ({
    object_attributes: {
      id: 1,
      note: 'Test of the connection',
      noteable_type: 'Issue',
      url: `${url}/-/issues/1#note_1`,
      action: 'create',
      internal: confidential,
    },
    issue: { id: 1, iid: 1, title: 'Sample of a test', confidential },
  }),
  wiki_page: (url) => ({
    object_attributes: { title: 'Sample of a test', url: `${url}/-/wikis/sample`, message: '', action: 'create' },
  }),
  pipeline: (url) => ({
    object_attributes: {
      id: 1,
      iid: 1,
      ref: BRANCH,
      tag: false,
      sha: SHA,
      source: 'push',
      status: 'failed',
      detailed_status: 'failed',
      duration: 63,
      finished_at: AT,
      protected_ref: true,
      ref_status_name: 'broken',
    },
    commit: commit(url),
    builds: [{ id: 1, name: 'test', stage: 'test', status: 'failed', allow_failure: false }],
  }),
  build: () => ({
    ref: BRANCH,
    sha: SHA,
    build_id: 1,
    build_name: 'test',
    build_stage: 'test',
    build_status: 'failed',
  }),
  deployment: (url) => ({
    ref: BRANCH,
    status: 'success',
    environment: 'staging',
    deployable_id: 1,
    deployable_url: `${url}/-/jobs/1`,
    short_sha: SHA.slice(0, 8),
    user_url: `${ORIGIN}/${USER.username}`,
    commit_url: `${url}/-/commit/${SHA}`,
    commit_title: 'Test the connection',
  }),
  alert: (url) => ({
    object_attributes: {
      title: 'Sample of a test',
      url: `${url}/-/alert_management/1/details`,
      severity: 'high',
      events: 1,
      status: 'triggered',
      started_at: AT,
    },
  }),
  vulnerability: (url) => ({
    object_attributes: {
      title: 'Sample of a test',
      url: `${url}/-/security/vulnerabilities/1`,
      state: 'detected',
      severity: 'high',
      report_type: 'sast',
      identifiers: [],
    },
  }),
}
