import {
  ask,
  type HttpStep,
  type Judge,
  joinUrl,
  json,
  parseJson,
  type Step,
  type StepResponse,
} from '../../schema/step.ts'

export interface JiraSettings {
  url: string
  api_url: string | null
  username: string | null
  password: string
  jira_auth_type: number
}

/** An issue as far as deliveries need it. */
type Issue = {
  isResolved: boolean
  /** Returns whether a comment has the text already. */
  hasComment: boolean
}

interface RemoteLink {
  url: string
  title: string
  isResolved: boolean
}

type Asking<T> = Generator<Step, T, unknown>

/** Jira's REST API for one issue: each function yields the requests that it needs. */
export interface IssueApi {
  /** Null if the issue does not exist, or the user must not see it. */
  find(comment?: string): Asking<Issue | null>
  comment(text: string): Asking<void>
  /** The id of the link to the address; null if there is none. */
  findLink(url: string): Asking<number | null>
  saveLink(id: number | null, link: RemoteLink): Asking<void>
  /** False if the workflow does not have the transition from here. */
  transition(id: string): Asking<boolean>
  /** The first transition into a status of the category Done; null if the workflow has none from here. */
  findClosingTransition(): Asking<string | null>
}

export function issueApi(settings: JiraSettings, key: string, icon: string | undefined): IssueApi {
  const issue = joinUrl(baseOf(settings), `rest/api/2/issue/${encodeURIComponent(key)}`)
  const options = { ...credentialsOf(settings), judge }
  const get = (url: string): HttpStep => ({ method: 'GET', url, ...options })
  return {
    *find(comment) {
      const step = { ...get(issue), tolerates: ({ status }: StepResponse) => status === 404 }
      return yield* ask(step, (response) => (response.status === 404 ? null : toIssue(response, comment)))
    },
    *comment(text) {
      yield json(`${issue}/comment`, { body: text }, options)
    },
    *findLink(url) {
      return yield* ask(get(`${issue}/remotelink`), (response) => findLink(response, url))
    },
    *saveLink(id, link) {
      const body = toRemoteLink(link, icon)
      if (id === null) yield json(`${issue}/remotelink`, body, options)
      else yield json(`${issue}/remotelink/${id}`, body, { ...options, method: 'PUT' })
    },
    *transition(id) {
      const step = json(`${issue}/transitions`, { transition: { id } }, { ...options, tolerates: isRefusedTransition })
      return yield* ask(step, (response) => !isRefusedTransition(response))
    },
    *findClosingTransition() {
      return yield* ask(get(`${issue}/transitions`), findClosingTransition)
    },
  }
}

/** Jira itself, and who the user is: what a test asks. */
export function* checkAccess(settings: JiraSettings): Generator<HttpStep, void> {
  const api = joinUrl(baseOf(settings), 'rest/api/2')
  for (const path of ['serverInfo', 'myself']) {
    yield { method: 'GET', url: `${api}/${path}`, ...credentialsOf(settings), judge }
  }
}

/** The path of an API gateway stays: tokens with scopes work there alone. */
function baseOf({ url, api_url }: JiraSettings): string {
  return (api_url || url).split(/[?#]/, 1)[0] ?? ''
}

/** Personal access tokens are sent as Bearer tokens; the cookie keeps old servers from a login page. */
function credentialsOf({ jira_auth_type, username, password }: JiraSettings): Pick<HttpStep, 'auth' | 'headers'> {
  if (jira_auth_type === 1) return { auth: { bearer: password } }
  return { auth: { basic: [(username ?? '').trim(), password] }, headers: { Cookie: 'OBBasicAuth=fromDialog' } }
}

function isRefusedTransition({ status }: StepResponse): boolean {
  return status === 400 || status === 404 || status === 409
}

const judge: Judge = ({ status }) =>
  status === 401
    ? { verdict: 'dead', reason: 'Jira refused the credentials. API tokens of Jira Cloud expire after a year at most' }
    : undefined

interface Found {
  fields?: { resolution?: unknown; comment?: { comments?: { body?: unknown }[] } }
}

function toIssue(response: StepResponse, text: string | undefined): Issue {
  const { fields } = (parseJson(response) ?? {}) as Found
  const comments = fields?.comment?.comments
  return {
    isResolved: Boolean(fields?.resolution),
    hasComment: text !== undefined && Array.isArray(comments) && comments.some((comment) => comment?.body === text),
  }
}

function findLink(response: StepResponse, url: string): number | null {
  const links = parseJson(response)
  for (const link of Array.isArray(links) ? (links as { id?: unknown; object?: { url?: unknown } }[]) : []) {
    if (link?.object?.url === url && typeof link.id === 'number') return link.id
  }
  return null
}

function findClosingTransition(response: StepResponse): string | null {
  const { transitions } = (parseJson(response) ?? {}) as {
    transitions?: { id?: unknown; to?: { statusCategory?: { key?: unknown } } }[]
  }
  const found = (Array.isArray(transitions) ? transitions : []).find(({ to }) => to?.statusCategory?.key === 'done')
  return found?.id === undefined ? null : String(found.id)
}

function toRemoteLink({ url, title, isResolved }: RemoteLink, icon: string | undefined) {
  return {
    GlobalID: 'GitLab',
    relationship: 'mentioned on',
    object: {
      url,
      title,
      status: { resolved: isResolved },
      icon: { title: 'GitLab', ...(icon && { url16x16: icon }) },
    },
  }
}
