import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ask, checkOut, type Patchbay, start } from './patchbay.ts'
import { play, type Recording } from './recording.ts'

type Values = Readonly<Record<string, unknown>>

interface Run {
  code: number
  stdout: string
  stderr: string
}

const files = mkdtempSync(join(tmpdir(), 'patchbay-import-'))
const directory = checkOut()
let target: Patchbay
before(async () => {
  target = await start(directory)
})
after(async () => {
  await target?.stop()
  rmSync(files, { recursive: true, force: true })
})

describe('npm run import, from another Patchbay', () => {
  const COUNT = 20
  const WEBHOOK = 'https://hooks.slack.example.com/services/of-all'
  const OWN_WEBHOOK = 'https://hooks.slack.example.com/services/of-the-first'
  const LAST = pathOf(COUNT)
  let source: Patchbay
  before(async () => {
    source = await start(checkOut())
    for (let number = 1; number <= COUNT; number++) await fill(number)
  })
  after(() => source?.stop())

  it('shows a plan and changes nothing without a word', async () => {
    for (const options of [['--dry-run'], []]) {
      const { code, stdout } = await importAll(...options)
      assert.equal(code, options.length > 0 ? 0 : 1, stdout)
      assert.match(stdout, /import\/app-7 \(new\) +redmine +create +/)
      assert.match(stdout, /Nothing was changed/)
    }
    assert.equal((await ask(target, 'GET', '/projects')).length, 1)
  })

  it('says which secrets to supply, as the file in which to do so', async () => {
    const { stdout } = await importAll('--dry-run')
    assert.match(stdout, /Secrets to supply.+import\/app-3 {2}slack {2}webhook {2}\(is required\)/s)
    assert.match(stdout, /Secrets that may be set.+import\/app-4 {2}jenkins {2}password\n/s)
    assert.doesNotMatch(stdout, /import\/app-5 {2}jenkins {2}password/)
    const plan = readPlan()
    assert.deepEqual(plan.secrets_to_supply[LAST], { slack: { webhook: '' }, jira: { password: '' } })
    assert.deepEqual(plan.optional_secrets[pathOf(4)], { jenkins: { password: '' } })
    assert.equal(statSync(join(files, 'plan.json')).mode & 0o777, 0o600)
  })

  it('takes 20 projects over, with the secrets that are supplied', async () => {
    const run = await importAll('--yes', '--secrets', secretsFile())
    assert.equal(run.code, 0, run.stderr + run.stdout)
    assert.match(run.stderr, /\[21\/21\] import\/app-20: 3 services to import/)
    assert.match(run.stderr, /\[20\/20\] import\/app-20: 3 services written/)
    assert.match(run.stdout, /Done: 20 projects created, 89 services written; 0 refused, 0 failed\./)
    for (let number = 1; number < COUNT; number++)
      assert.deepEqual(await contentOf(target, pathOf(number)), await contentOf(source, pathOf(number)))
    keepsQuiet(run)
  })

  it('leaves out a service whose secret is missing, and takes the rest', async () => {
    const had = await contentOf(source, LAST)
    const has = await contentOf(target, LAST)
    assert.deepEqual(Object.keys(had.services), ['slack', 'jira', 'emails-on-push', 'redmine'])
    assert.deepEqual(Object.keys(has.services), ['slack', 'emails-on-push', 'redmine'])
  })

  it('changes nothing the second time, with the secrets or without', async () => {
    const before = await contentsOf(target)
    for (const secrets of [['--secrets', secretsFile()], []]) {
      const run = await importAll('--yes', ...secrets)
      assert.equal(run.code, 0, run.stderr)
      assert.match(run.stdout, /0 to create, 0 to change, 89 unchanged; 1 secrets to supply/)
      assert.match(run.stdout, /There is nothing to change\./)
      keepsQuiet(run)
    }
    assert.deepEqual(await contentsOf(target), before)
  })

  it('brings over what changed since, and nothing else', async () => {
    await ask(source, 'PATCH', `/projects/${encodeURIComponent(pathOf(2))}/services/slack`, { channel: '#new' })
    const run = await importFrom(source, '--project', pathOf(1), '--project', pathOf(2), '--yes')
    assert.equal(run.code, 0, run.stderr)
    assert.match(run.stdout, /import\/app-2 +slack +change +channel "#app-2" → "#new"/)
    assert.match(run.stdout, /1 to change/)
    assert.deepEqual(await contentOf(target, pathOf(2)), await contentOf(source, pathOf(2)))
  })

  it('asks for a secret again where the address that it is sent to has changed', async () => {
    const url = 'https://jira-new.example.com'
    await ask(source, 'PATCH', `/projects/${encodeURIComponent(pathOf(1))}/services/jira`, {
      url,
      password: 'Secret9!',
    })
    const run = await importFrom(source, '--project', pathOf(1), '--yes')
    assert.equal(run.code, 0, run.stderr)
    assert.match(run.stdout, /import\/app-1 {2}jira {2}password {2}\(must be sent again, because url changed\)/)
    assert.equal((await contentOf(target, pathOf(1))).services.jira?.url, 'https://jira.example.com')
  })

  it('says what of the secrets file is of no use', async () => {
    const secrets = write('unused.json', {
      [pathOf(1)]: { slack: { webhok: 'not-a-webhook' } },
      '*': { slak: { a: 'b' } },
    })
    const { stdout } = await importFrom(source, '--project', pathOf(1), '--dry-run', '--secrets', secrets)
    assert.match(stdout, /of no use:\n {2}import\/app-1 slack webhok\n {2}\* slak a\n/)
    assert.doesNotMatch(stdout, /not-a-webhook/)
  })

  it('imports the secrets of a source whose token may read them, and says so in the plan', async () => {
    const path = 'import/secrets'
    const project = { path: 'secrets', namespace_path: 'import', name: 'Secrets' }
    const { id } = await ask(source, 'POST', '/projects', project)
    await ask(source, 'PUT', `/projects/${id}/services/jira`, { ...settingsOf(7).jira })
    await ask(source, 'PUT', `/projects/${id}/services/slack`, { webhook: OWN_WEBHOOK })
    const { token } = await ask(source, 'POST', `/projects/${id}/access_tokens`, {
      name: 'import',
      scopes: ['read_api', 'read_secrets'],
    })
    const options = ['--project', path, '--yes', '--with-secrets']
    const run = await importFrom({ url: source.url, token }, ...options)
    assert.equal(run.code, 0, run.stderr + run.stdout)
    assert.match(run.stdout, /webhook \(secret from the source, sent to https:\/\/hooks\.slack\.example\.com\)/)
    assert.match(run.stdout, /password \(secret from the source, sent to https:\/\/jira\.example\.com\)/)
    assert.equal(readPlan().with_secrets, true)
    assert.ok(!(run.stdout + run.stderr + JSON.stringify(readPlan())).includes('jira-7!'))
    assert.deepEqual(await contentOf(target, path), await contentOf(source, path))
    keepsQuiet(run)
    const again = await importFrom({ url: source.url, token }, ...options)
    assert.match(again.stdout, /There is nothing to change\./)
  })

  it('refuses --with-secrets before anything else if the token may not read them', async () => {
    const { token } = await ask(source, 'POST', `/projects/${encodeURIComponent(pathOf(1))}/access_tokens`, {
      name: 'import',
      scopes: ['read_api'],
    })
    const run = await importFrom({ url: source.url, token }, '--project', pathOf(1), '--yes', '--with-secrets')
    assert.equal(run.code, 1)
    assert.match(run.stderr, /the source's token does not have the scope read_secrets/)
    assert.equal(run.stdout, '')
  })

  async function fill(number: number): Promise<void> {
    const project = { path: `app-${number}`, namespace_path: 'import', name: `App ${number}`, default_branch: 'trunk' }
    const { id } = await ask(source, 'POST', '/projects', project)
    for (const [slug, settings] of Object.entries(settingsOf(number)))
      await ask(source, 'PUT', `/projects/${id}/services/${slug}`, settings)
  }

  function settingsOf(number: number): Readonly<Record<string, Values>> {
    const tracker = { project_url: 'https://bugs.example.com/p', new_issue_url: 'https://bugs.example.com/new' }
    const jenkins = { jenkins_url: 'https://jenkins.example.com', project_name: `app-${number}`, tag_push_events: true }
    return {
      slack: {
        webhook: webhookOf(number),
        channel: `#app-${number}`,
        push_events: number % 2 === 0,
        job_events: false,
      },
      jira: {
        url: 'https://jira.example.com',
        username: 'robot',
        password: `jira-${number}!`,
        project_keys: ['A', 'B'],
      },
      'emails-on-push': { recipients: `one${number}@example.com\ntwo@example.com`, disable_diffs: true },
      redmine: { ...tracker, issues_url: 'https://bugs.example.com/:id', description: 'Ünïcode “too”' },
      ...(number <= 10 && number !== 4 && { jenkins }),
      ...(number === 4 && { jenkins: { ...jenkins, username: 'robot', password: 'jenkins-4!' } }),
    }
  }

  function webhookOf(number: number): string {
    return number === 1 ? OWN_WEBHOOK : WEBHOOK
  }

  /** All secrets but Jira's of the last project. */
  function secretsFile(): string {
    const passwords = Array.from({ length: COUNT - 1 }, (_, at) => [
      pathOf(at + 1),
      { jira: { password: `jira-${at + 1}!` } } as Record<string, Values>,
    ])
    const secrets: Record<string, Record<string, Values>> = Object.fromEntries(passwords)
    Object.assign(secrets[pathOf(1)] ?? {}, { slack: { webhook: OWN_WEBHOOK } })
    Object.assign(secrets[pathOf(4)] ?? {}, { jenkins: { password: 'jenkins-4!' } })
    return write('secrets.json', { ...secrets, '*': { slack: { webhook: WEBHOOK } } })
  }

  function importAll(...options: string[]): Promise<Run> {
    return importFrom(source, '--all', ...options)
  }

  /** Everything of all projects, times and ids too. */
  async function contentsOf(patchbay: Patchbay): Promise<unknown> {
    const projects: Values[] = await ask(patchbay, 'GET', '/projects?per_page=100')
    const services = projects.map(({ id }) => ask(patchbay, 'GET', `/projects/${id}/services?with_secrets=true`))
    return [projects, await Promise.all(services)]
  }

  function keepsQuiet(run: Run): void {
    const plan = readFileSync(join(files, 'plan.json'), 'utf8')
    for (const secret of [source.token, target.token, WEBHOOK, OWN_WEBHOOK, 'jira-1!', 'jenkins-4!'])
      assert.ok(!(run.stdout + run.stderr + plan).includes(secret))
  }
})

describe('npm run import, from the GitLab of 13.2', () => {
  const TOKEN = 'gitlab-token-of-13-2'
  const WEBHOOKS = [
    'https://hooks.slack.example.com/services/T1/B2/inClearIn132',
    'https://mattermost.example.com/hooks/inClearToo',
  ]
  let gitlab: Recording
  let run: Run
  before(async () => {
    gitlab = await play('gitlab-13.2', TOKEN)
    const secrets = write('13.2.json', { 'legacy/tools/bot': { 'drone-ci': { token: 'drone-token!' } } })
    run = await importFrom({ url: gitlab.url, token: TOKEN }, '--all', '--yes', '--secrets', secrets)
  })
  after(() => gitlab?.stop())

  it('reads all pages, falls back to /services, and waits when told', () => {
    assert.equal(run.code, 0, run.stderr + run.stdout)
    assert.deepEqual(gitlab.asked.slice(0, 6), [
      'GET /user',
      'GET /user',
      'GET /projects',
      'GET /projects page 2',
      'GET /projects/7/integrations',
      'GET /projects/7/services',
    ])
    assert.ok(!gitlab.asked.includes('GET /projects/9/integrations'))
    assert.match(run.stderr, /the source asks to wait \(429\): continuing in 1 s/)
  })

  it('creates the projects, with the webhooks that 13.2 tells and words for flags', async () => {
    const { project, services } = await contentOf(target, 'legacy/shop')
    assert.deepEqual(project, { name: 'Shop', description: 'The shop', default_branch: 'master' })
    assert.deepEqual(Object.keys(services), ['slack', 'emails-on-push', 'mattermost'])
    pick(services.slack, {
      webhook: WEBHOOKS[0],
      username: 'gitlab',
      notify_only_broken_pipelines: true,
      branches_to_be_notified: 'protected',
      push_events: true,
      issues_events: false,
      wiki_page_events: false,
    })
    pick(services['emails-on-push'], { disable_diffs: true, send_from_committer_email: false, tag_push_events: false })
    pick(services.mattermost, { webhook: WEBHOOKS[1], username: null, notify_only_broken_pipelines: false })
  })

  it('applies the supplied secret', async () => {
    const { services } = await contentOf(target, 'legacy/tools/bot')
    assert.deepEqual(Object.keys(services), ['drone-ci', 'custom-issue-tracker'])
    pick(services['drone-ci'], { token: 'drone-token!', enable_ssl_verification: true })
  })

  it('reports what is left out', () => {
    assert.match(run.stdout, /legacy\/shop {2}jira {2}password {2}\(is required\)/)
    assert.match(run.stdout, /legacy\/shop {2}hipchat {2}token {2}\(is required\)/)
    assert.match(run.stdout, /kubernetes: is not known here, and left out \(legacy\/shop\)/)
    assert.match(run.stdout, /hipchat: unknown_in_patchbay is not known here \(legacy\/shop\)/)
    assert.match(run.stdout, /mattermost: branches_to_be_notified is not included in the list \(legacy\/shop\)/)
    assert.doesNotMatch(run.stdout, /pivotaltracker/)
  })

  it('is safe to repeat', async () => {
    const again = await importFrom({ url: gitlab.url, token: TOKEN }, '--all', '--yes')
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /0 to create, 0 to change, 5 unchanged/)
  })

  it('prints no secret', () => {
    const printed = run.stdout + run.stderr + readFileSync(join(files, 'plan.json'), 'utf8')
    for (const secret of [TOKEN, target.token, ...WEBHOOKS, 'drone-token!'])
      assert.ok(!printed.includes(secret), secret)
  })
})

describe('npm run import, from a hostile source', () => {
  const TOKEN = 'token-of-the-hostile-source'
  const PASSWORD = 'password-for-all-projects'
  let source: Recording
  let run: Run
  before(async () => {
    source = await play('hostile', TOKEN)
    const secrets = write('hostile.json', {
      '*': { jira: { password: PASSWORD }, slack: { webhook: 'https://hooks.slack.example.com/of-all' } },
    })
    run = await importFrom({ url: source.url, token: TOKEN }, '--all', '--yes', '--secrets', secrets)
  })
  after(() => source?.stop())

  it('prints nothing of the source as a line of its own, and no mark of direction', () => {
    for (const output of [run.stdout, run.stderr, readFileSync(join(files, 'plan.json'), 'utf8')]) {
      assert.doesNotMatch(output, /^\s*FORGED LINE/m)
      assert.doesNotMatch(output, /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u)
    }
  })

  it('refuses project paths that no GitLab has', () => {
    assert.equal(run.code, 1)
    for (const path of ['"evil/app\\nFORGED LINE"', '"evil/a  slack  create  webhook"', '"evil/\\u{202e}ppa"'])
      assert.ok(run.stdout.includes(`  ${path}: its path has characters that a path cannot have\n`), run.stdout)
  })

  it('does not send a secret for all projects to the address of the source', async () => {
    const { services } = await contentOf(target, 'evil/app')
    assert.deepEqual(Object.keys(services), ['slack'])
    assert.match(
      run.stdout,
      /jira: the secrets file's entry for "\*" is not used: url is "https:\/\/jira\.evil\.example"/,
    )
  })

  it('refuses --with-secrets: what is no Patchbay returns none', async () => {
    const options = ['--all', '--yes', '--with-secrets']
    const { code, stderr } = await importFrom({ url: source.url, token: TOKEN }, ...options)
    assert.equal(code, 1)
    assert.match(stderr, /--with-secrets: the source is no Patchbay/)
  })
})

describe('npm run import, from a GitLab older than 12.7', () => {
  const TOKEN = 'gitlab-token-of-12'
  let gitlab: Recording
  let run: Run
  before(async () => {
    gitlab = await play('gitlab-12', TOKEN)
    const projects = ['--project', 'old/titled', '--project', 'old/unlisted']
    run = await importFrom({ url: gitlab.url, token: TOKEN }, ...projects, '--yes')
  })
  after(() => gitlab?.stop())

  it('knows services by their titles where the list says no more', async () => {
    const { services } = await contentOf(target, 'old/titled')
    assert.deepEqual(Object.keys(services), ['external-wiki'])
    assert.match(run.stdout, /Gemnasium: is not known here/)
  })

  it('asks for each service where there is no list', async () => {
    const { services } = await contentOf(target, 'old/unlisted')
    assert.deepEqual(Object.keys(services), ['slack'])
    pick(services.slack, {
      branches_to_be_notified: 'default',
      issues_events: false,
      notify_only_broken_pipelines: false,
    })
  })

  it('says so where the source lists a service and then does not tell its settings', () => {
    assert.equal(run.code, 1, run.stderr)
    assert.match(run.stdout, /pushover: left out: the source does not return its settings \(old\/titled\)/)
  })
})

describe("npm run import, from today's GitLab", () => {
  const TOKEN = 'glpat-of-today'
  const names = ['app', 'app-as-it-was', 'empty', 'gone', 'foreign', 'elsewhere', 'busy']
  const projects = names.flatMap((name) => ['--project', `modern/${name}`])
  const secrets = {
    'modern/app': { slack: { webhook: 'https://hooks.slack.example.com/today' }, jira: { password: 'pw-of-jira' } },
  }
  let gitlab: Recording
  let run: Run
  before(async () => {
    gitlab = await play('gitlab-today', TOKEN)
    const file = write('today.json', secrets)
    run = await importFrom({ url: `${gitlab.url}/api/v4/`, token: TOKEN }, ...projects, '--yes', '--secrets', file)
  })
  after(() => gitlab?.stop())

  it('takes over what can be', async () => {
    const { services } = await contentOf(target, 'modern/app')
    assert.deepEqual(Object.keys(services), ['slack', 'jira', 'jenkins', 'external-wiki'])
    pick(services.slack, {
      webhook: secrets['modern/app'].slack.webhook,
      channel: '#general',
      push_channel: '#pushes',
      branches_to_be_notified: 'default_and_protected',
      labels_to_be_notified_behavior: 'match_any',
      alert_events: false,
      deployment_events: true,
    })
    pick(services.jira, { password: 'pw-of-jira', api_url: null, issues_enabled: true, project_keys: ['APP', 'WEB'] })
    pick(services.jenkins, { username: 'ada', password: null, tag_push_events: false })
  })

  it('reports the rest, and goes on where one project fails', () => {
    assert.equal(run.code, 1, run.stdout)
    assert.match(run.stdout, /modern\/app {2}asana {2}api_key {2}\(is required\)/)
    assert.match(run.stdout, /Secrets that may be set at the source.+modern\/app {2}jenkins {2}password\n/s)
    assert.match(run.stdout, /confluence: left out: confluence_url is missing \(modern\/app\)/)
    assert.match(run.stdout, /confluence: confluence_url must lead to Confluence Cloud/)
    assert.match(run.stdout, /something-new: is not known here/)
    assert.match(run.stdout, /jira: is inherited from a group there/)
    assert.match(run.stdout, /modern\/empty +- +nothing to import/)
    assert.match(run.stdout, /modern\/gone: the source responds 404 to GET \S+: 404 Project Not Found/)
    assert.match(run.stdout, /modern\/foreign: the source responds 403 to GET \S+: 403 Forbidden/)
    assert.match(run.stdout, /modern\/elsewhere: the source redirects to https:\/\/elsewhere\.example\.com/)
    assert.match(run.stdout, /modern\/busy: the source asks to wait 900 s: run the command again then/)
    assert.match(run.stderr, /the source asks to wait \(503\)/)
    assert.match(run.stdout, /Done: 1 projects created, 4 services written; 1 refused, 4 failed\./)
  })

  it('does not create a project for nothing', async () => {
    await assert.rejects(ask(target, 'GET', '/projects/modern%2Fempty'), /404 Project Not Found/)
  })

  it('is told at once of a token that is not accepted, and repeats none', async () => {
    const { code, stdout, stderr } = await importFrom({ url: gitlab.url, token: 'wrong-token' }, '--all')
    assert.equal(code, 1)
    assert.match(stderr, /✘ the source responds 401 to GET \/user: 401 Unauthorized/)
    assert.doesNotMatch(stdout + stderr, /wrong-token/)
  })

  it('creates nothing with the token of a project', async () => {
    const { id } = await ask(target, 'GET', '/projects/acme%2Fdemo')
    const { token } = await ask(target, 'POST', `/projects/${id}/access_tokens`, { name: 'import', scopes: ['api'] })
    await ask(target, 'DELETE', '/projects/modern%2Fapp')
    const source = { url: gitlab.url, token: TOKEN }
    const { code, stdout } = await importInto(source, { url: target.url, token }, '--project', 'modern/app', '--yes')
    assert.equal(code, 1)
    assert.match(
      stdout,
      /modern\/app: the target does not have the project, and only its instance token may create one/,
    )
  })
})

describe('npm run import, with options that cannot be used', () => {
  const cases: Readonly<Record<string, [string[], RegExp]>> = {
    'nothing at all': [[], /--from is missing.+--to-token-file is missing.+one of --project and --all/s],
    'a token as an argument': [['--token=glpat-oops'], /--token is no option/],
    'a word too many': [['glpat-oops'], /an argument that belongs to no option/],
    'an address with a password': [['--from', 'https://a:glpat-oops@example.com'], /--from must be an address only/],
  }
  for (const [name, [options, text]] of Object.entries(cases))
    it(`refuses ${name}, and repeats no value`, async () => {
      const { code, stderr } = await npmRunImport(options)
      assert.equal(code, 1)
      assert.match(stderr, text)
      assert.doesNotMatch(stderr, /glpat-oops/)
    })
})

type End = Pick<Patchbay, 'url' | 'token'>

function importFrom(source: End, ...options: string[]): Promise<Run> {
  return importInto(source, target, ...options)
}

function importInto(source: End, to: End, ...options: string[]): Promise<Run> {
  const tokens = ['--token-file', write('from.token', source.token), '--to-token-file', write('to.token', to.token)]
  const places = ['--from', source.url, '--to', to.url, '--plan', join(files, 'plan.json')]
  return npmRunImport([...places, ...tokens, ...options])
}

async function npmRunImport(args: string[]): Promise<Run> {
  const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe']
  const npm = spawn('npm', ['run', '--silent', 'import', '--', ...args], { cwd: directory, stdio })
  let stdout = ''
  let stderr = ''
  npm.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
  npm.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  const [code] = await once(npm, 'close')
  return { code, stdout, stderr }
}

/** Result of an import: all but ids and times. By slug, flags, parameters and secrets side by side. */
async function contentOf(patchbay: Patchbay, path: string) {
  const place = `/projects/${encodeURIComponent(path)}`
  const { name, description, default_branch } = await ask(patchbay, 'GET', place)
  const list: Values[] = await ask(patchbay, 'GET', `${place}/services?with_secrets=true`)
  const services = list.map(({ id, created_at, updated_at, secrets, properties, ...rest }) => [
    rest.slug,
    { ...rest, ...(properties as Values) },
  ])
  return {
    project: { name, description, default_branch },
    services: Object.fromEntries(services) as Readonly<Record<string, Values>>,
  }
}

function pick(settings: Values | undefined, expected: Values): void {
  const names = Object.keys(expected)
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, settings?.[name]])), expected)
}

function pathOf(number: number): string {
  return `import/app-${number}`
}

function readPlan() {
  return JSON.parse(readFileSync(join(files, 'plan.json'), 'utf8'))
}

function write(name: string, content: string | object): string {
  const file = join(files, name)
  writeFileSync(file, typeof content === 'string' ? `${content}\n` : JSON.stringify(content), { mode: 0o600 })
  return file
}
