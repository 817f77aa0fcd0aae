import { flag, host, integer, ircChannels, link } from '../schema/field.ts'
import { changeOf, firstLine, type Pushed, refName, shortSha, titleOf } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { toOneLine } from './groups.ts'

const SCHEMES = ['irc', 'ircs']

export const irker = defineService({
  slug: 'irker',
  kind: 'chat',
  title: 'Irker (IRC gateway)',
  description: 'Posts pushes to IRC through an irker daemon.',
  params: () => ({
    recipients: ircChannels('Whitespace-separated list of irc:// URLs, or of channel names on the default IRC server'),
    default_irc_uri: link('URL of the default IRC server, e.g. irc://irc.example.net:6697/', SCHEMES)
      .meta({ title: 'Default IRC server' })
      .optional(),
    server_host: host('Host name of the irker daemon. Default: localhost').optional(),
    server_port: integer('Port of the irker daemon. Default: 6659').optional(),
    colorize_messages: flag('Colorize the messages').optional(),
  }),
  events: ['push'],
  check: ({ recipients, default_irc_uri: server }) => {
    const entries = String(recipients ?? '').match(/\S+/g) ?? []
    const base = typeof server === 'string' ? server : undefined
    return entries.some((entry) => isChannel(URL.parse(entry, base))) ? {} : { recipients: 'are all invalid' }
  },
  deliver: {
    *push({ payload }, { recipients, default_irc_uri, server_host, server_port, colorize_messages }) {
      const to = channelsOf(recipients, default_irc_uri)
      const lines = describe(payload, colorize_messages ? COLORS : PLAIN)
      if (lines.length === 0) return 'the push has no commits'
      yield {
        tcp: {
          host: server_host ?? 'localhost',
          port: server_port ?? 6659,
          lines: lines.map((line) => JSON.stringify({ to, privmsg: toIrc(line) })),
        },
      }
    },
  },
})

function isChannel(url: URL | null): boolean {
  return url !== null && url.host !== '' && SCHEMES.includes(url.protocol.slice(0, -1))
}

/** Each channel by its URL. Names without one are completed by the default server. */
function channelsOf(recipients: string, server: string | null): string[] {
  const urls = (recipients.match(/\S+/g) ?? []).map((entry) => URL.parse(entry, server ?? undefined))
  return urls.flatMap((url) => (url && isChannel(url) ? [url.href] : []))
}

const MAX_COMMITS = 3
/** IRC ends a message at 512 bytes, of which the server and the channel take a part. */
const MAX_BYTES = 400

type Style = (text: string | number) => string
type Styles = Readonly<Record<'repository' | 'branch' | 'sha' | 'files' | 'url' | 'count', Style>>

const plain: Style = (text) => String(text)
const PLAIN: Styles = { repository: plain, branch: plain, sha: plain, files: plain, url: plain, count: plain }

const styled =
  (code: string): Style =>
  (text) =>
    `${code}${text}\x0f`
/** Control codes of mIRC: \x03 and a number is a color, \x02 bold, \x1f underlined; \x0f ends them. */
const COLORS: Styles = {
  repository: styled('\x0304'),
  branch: styled('\x0305'),
  sha: styled('\x0314'),
  files: styled('\x0312'),
  url: styled('\x0302\x1f'),
  count: styled('\x02'),
}

function describe(payload: Pushed, style: Styles): string[] {
  const { project, commits, total_commits_count: count } = payload
  const user = toOneLine(payload.user_name)
  const branch = style.branch(toOneLine(refName(payload.ref)))
  const name = toOneLine(payload.repository.name || project.name)
  const start = `[${style.repository(name)}] ${user}`
  const change = changeOf(payload)
  if (change === 'removed') return [`${start} has deleted the branch ${branch}`]
  const created = `${start} has created a new branch ${branch}: ${style.url(`${project.web_url}/-/branches`)}`
  const pushed = `${start} pushed ${style.count(count)} new ${count === 1 ? 'commit' : 'commits'} to ${branch}: ${style.url(linkOf(payload))}`
  return [
    ...(change === 'created' ? [created] : []),
    ...(count > 0 ? [pushed] : []),
    ...commits.slice(0, MAX_COMMITS).map((commit) => {
      const files = commit.added.length + commit.modified.length + commit.removed.length
      const changed = style.files(`${files} ${files === 1 ? 'file' : 'files'}`)
      const from = `${style.repository(name)}/${branch} ${style.sha(shortSha(commit.id))} ${toOneLine(commit.author.name)}`
      return `${from} (${changed}): ${toOneLine(firstLine(titleOf(commit)))}`
    }),
  ]
}

/** Returns the page with all commits of a push. The event of a new branch does not say where the branch begins. */
function linkOf({ before, after, ref, project }: Pushed): string {
  const isNew = /^0*$/.test(before)
  const path = isNew ? `commits/${encodeURI(refName(ref))}` : `compare/${shortSha(before)}...${shortSha(after)}`
  return `${project.web_url}/-/${path}`
}

/** Cuts a line to what IRC takes, between characters. */
function toIrc(line: string): string {
  const bytes = new TextEncoder().encode(line)
  if (bytes.length <= MAX_BYTES) return line
  // In a stream, the decoder keeps back a character that is cut off.
  return `${new TextDecoder().decode(bytes.slice(0, MAX_BYTES - 3), { stream: true })}…`
}
