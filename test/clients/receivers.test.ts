import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ParsedMail, simpleParser } from 'mailparser'
import { ask, checkOut, freePort, type Patchbay, start } from './patchbay.ts'

const LIMIT_MS = 60_000
const PROJECT = {
  id: 1,
  name: 'Rocket',
  namespace: 'Acme',
  path_with_namespace: 'acme/rocket',
  web_url: 'https://git.example.com/acme/rocket',
  default_branch: 'main',
}
const HOSTILE = 'Igniter\r\nQUIT :gone\r\nBcc: mallory@example.com\r\n\r\n<!channel>'

const directory = checkOut()
writeFileSync(
  join(directory, '.dev.vars'),
  [
    `ADMIN_TOKEN=${randomBytes(32).toString('hex')}`,
    `ENCRYPTION_KEYS=dev:${randomBytes(32).toString('base64')}`,
    'ENVIRONMENT=development',
    'MAIL_FROM=patchbay@example.com',
  ].join('\n'),
)
const processes: ChildProcess[] = []
let patchbay: Patchbay

before(async () => {
  patchbay = await start(directory)
})
after(() => patchbay.stop())
after(() => {
  for (const process of processes) process.kill()
})

describe('IRC', () => {
  const place = mkdtempSync(join(tmpdir(), 'patchbay-irc-'))
  after(() => rmSync(place, { recursive: true }))
  const out = (...path: string[]) => join(place, '127.0.0.1', ...path, 'out')
  const linesOf = (...path: string[]) =>
    existsSync(out(...path)) ? readFileSync(out(...path), 'utf8').split('\n') : []
  /** The daemon's port is fixed; an address of its own lets other runs have theirs. */
  const irker = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`

  before(async () => {
    const port = await freePort()
    writeFileSync(join(place, 'ngircd.conf'), configuration(port))
    run('/usr/sbin/ngircd', '-n', '-f', join(place, 'ngircd.conf'))
    await untilListening(port)
    run('ii', '-s', '127.0.0.1', '-p', String(port), '-n', 'reader', '-i', place)
    await until(() => linesOf().some((line) => line.includes(' MOTD')))
    writeFileSync(join(place, '127.0.0.1', 'in'), '/j #rocket\n')
    await until(() => linesOf('#rocket').length > 1)
    run('irkerd', '-H', irker, '-H6', '::1')
    await untilListening(6659, irker)
    await ask(patchbay, 'PUT', '/projects/1/services/irker', {
      recipients: '#rocket',
      default_irc_uri: `irc://127.0.0.1:${port}/`,
      server_host: irker,
    })
  })

  it('shows a push in a channel, line by line', async () => {
    await post(push('Add igniter'))
    assert.deepEqual(await said(2), [
      '[Rocket] ada pushed 1 new commit to main: https://git.example.com/acme/rocket/-/compare/aaaaaaaa...bbbbbbbb',
      'Rocket/main cccccccc Ada (0 files): Add igniter',
    ])
  })

  it('gets no command from the text of a commit, and no more of it than a line holds', async () => {
    await post(push(HOSTILE), push('🚀'.repeat(1000)))
    const lines = (await said(6)).slice(2)
    assert.equal(lines[1], 'Rocket/main cccccccc Ada (0 files): Igniter')
    assert.match(lines[3] ?? '', /^Rocket\/main cccccccc Ada \(0 files\): (🚀){80,}…$/u)
  })

  /** Returns the daemon's lines in the channel, once there are at least so many. */
  async function said(count: number): Promise<string[]> {
    const lines = () => linesOf('#rocket').flatMap((line) => /^\S+ <irker\d+> (.*)$/.exec(line)?.[1] ?? [])
    await until(() => lines().length >= count)
    return lines()
  }
})

describe('a mail', () => {
  before(async () => {
    await ask(patchbay, 'PUT', '/projects/1/services/emails-on-push', {
      recipients: 'ada@example.com grace@example.com',
    })
    await ask(patchbay, 'PUT', '/projects/1/services/pipelines-email', {
      recipients: 'ada@example.com,grace@example.com',
      notify_only_broken_pipelines: false,
      branches_to_be_notified: 'all',
    })
  })

  it('on a push goes to each recipient alone, in the name of the user', async () => {
    await post(push('Zündung, 点火'))
    const mails = await mailsWith('Zündung', 2)
    assert.deepEqual(mails.map(recipientsOf).sort(), [['ada@example.com'], ['grace@example.com']])
    for (const { subject, from, text, headers } of mails) {
      assert.equal(subject, '[Git][acme/rocket][main] Zündung, 点火')
      assert.deepEqual(from?.value, [{ name: 'ada', address: 'patchbay@example.com' }])
      assert.match(text ?? '', /^ada pushed to branch main of Acme \/ Rocket\n\ncccccccc by Ada\nZündung, 点火/)
      assert.equal(headers.get('x-gitlab-project-path'), 'acme/rocket')
    }
  })

  it('on a push has no recipient and no header from the texts of users', async () => {
    await post({
      ...push(HOSTILE, 'refs/heads/main\r\nBcc: mallory@example.com'),
      user_name: '"<mallory@example.com>, ',
    })
    for (const mail of await mailsWith('mallory', 2)) {
      assert.equal(recipientsOf(mail).length, 1)
      assert.deepEqual(
        mail.from?.value.map(({ address }) => address),
        ['patchbay@example.com'],
      )
      assert.deepEqual(mail.bcc, undefined)
    }
  })

  it('on a pipeline shows no recipient the others', async () => {
    await post(PIPELINE)
    const [mail] = await mailsWith('Pipeline #31', 1)
    assert.ok(mail)
    assert.equal(mail.subject, `Failed pipeline for ${REF} | Rocket | bbbbbbbb`)
    assert.deepEqual(addressesOf(mail.to), ['patchbay@example.com'])
    assert.deepEqual(addressesOf(mail.bcc), ['ada@example.com', 'grace@example.com'])
    assert.equal(mail.headers.get('x-gitlab-pipeline-status'), 'failed')
    // The parser decodes the headers that it knows.
    const { subject } = await simpleParser(`Subject: ${mail.headers.get('x-gitlab-pipeline-ref')}\r\n\r\n`)
    assert.equal(subject, REF)
  })
})

function push(title: string, ref = 'refs/heads/main') {
  const commit = { id: 'c'.repeat(40), title, message: title, url: `${PROJECT.web_url}/-/commit/c` }
  return {
    object_kind: 'push',
    ref,
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    user_name: 'ada',
    user_username: 'ada',
    total_commits_count: 1,
    project: PROJECT,
    commits: [{ ...commit, author: { name: 'Ada', email: 'ada@example.com' } }],
  }
}

const REF = 'zündung/点火-🚀-and-a-name-that-is-longer-than-one-line'
const PIPELINE = {
  object_kind: 'pipeline',
  object_attributes: { id: 31, ref: REF, sha: 'b'.repeat(40), status: 'failed', detailed_status: 'failed' },
  user: { name: 'Ada', username: 'ada', email: 'ada@example.com' },
  project: PROJECT,
  commit: { id: 'b'.repeat(40), title: 'Add igniter', message: 'Add igniter' },
  builds: [{ id: 7, stage: 'test', name: 'rspec', status: 'failed' }],
}

async function post(...events: object[]): Promise<void> {
  for (const event of events) await ask(patchbay, 'POST', '/projects/1/events', event)
}

/** A mail as `wrangler dev` keeps what the binding was given. */
interface Kept {
  messageId: string
  from: string
  to: string[]
  bcc?: string[]
  subject: string
  headers?: Record<string, string>
  text?: string
}

/** The mails in which some text stands, once there are so many, read from what a server would make of them. */
async function mailsWith(text: string, count: number): Promise<ParsedMail[]> {
  const found: Kept[] = []
  await until(async () => {
    const list: Kept[] = await kept('')
    const mails: Kept[] = await Promise.all(list.map(({ messageId }) => kept(`?email_id=${messageId.slice(1, -1)}`)))
    found.splice(0, found.length, ...mails.filter((mail) => JSON.stringify(mail).includes(text)))
    return found.length >= count
  })
  return Promise.all(found.map((mail) => simpleParser(composed(mail))))
}

async function kept(query: string) {
  const response = await fetch(`${patchbay.url}/cdn-cgi/local/explorer/api/local/email/sending${query}`)
  const { result } = (await response.json()) as { result: Kept & Kept[] }
  return result
}

/** Escapes nothing: a line break in a value would begin a header of its own. */
function composed({ from, to, bcc = [], subject, headers = {}, text = '' }: Kept): string {
  const lines = [
    `From: ${from}`,
    ...to.map((address) => `To: ${address}`),
    ...bcc.map((address) => `Bcc: ${address}`),
    `Subject: ${subject}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: text/plain; charset=utf-8',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

function recipientsOf({ to, cc, bcc }: ParsedMail): string[] {
  return [...addressesOf(to), ...addressesOf(cc), ...addressesOf(bcc)]
}

function addressesOf(part: ParsedMail['to']): string[] {
  return [part ?? []].flat().flatMap(({ value }) => value.map(({ address = '' }) => address))
}

function configuration(port: number): string {
  return [
    '[Global]',
    'Name = irc.example.net',
    'Info = A server for tests',
    'Listen = 127.0.0.1',
    `Ports = ${port}`,
    'MotdPhrase = hello',
    '[Options]',
    'DNS = no',
    'Ident = no',
    'PAM = no',
    '',
  ].join('\n')
}

function run(command: string, ...args: string[]): void {
  const child = spawn(command, args, { stdio: 'ignore' })
  processes.push(child)
}

async function untilListening(port: number, host = '127.0.0.1'): Promise<void> {
  await until(async () => {
    const socket = connect(port, host)
    const opened = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    return opened
  })
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now()
  while (!(await isDone())) {
    if (performance.now() - start > LIMIT_MS) throw new Error('it did not come')
    await sleep(50)
  }
}
