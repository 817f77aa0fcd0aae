import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ask, checkOut, type Patchbay, readDevVars, start } from './patchbay.ts'

describe('npm run dev', () => {
  const directory = checkOut()
  const devVars = join(directory, '.dev.vars')
  const starts: Patchbay[] = []
  let patchbay: Patchbay
  before(() => restart())
  after(() => patchbay?.stop())

  it('writes .dev.vars on the first start, for its owner alone', () => {
    assert.equal(statSync(devVars).mode & 0o777, 0o600)
    assert.deepEqual(Object.keys(readDevVars(directory)), ['ADMIN_TOKEN', 'ENCRYPTION_KEYS', 'ENVIRONMENT'])
    assert.equal(readDevVars(directory).ENVIRONMENT, 'development')
    assert.match(readFileSync(join(directory, '.gitignore'), 'utf8'), /^\.dev\.vars$/m)
  })

  it('creates a demo project', async () => {
    const projects = await ask(patchbay, 'GET', '/projects')
    assert.deepEqual(
      projects.map(({ id, path_with_namespace }: Project) => [id, path_with_namespace]),
      [[1, 'acme/demo']],
    )
  })

  it('shows a curl that works as pasted, wherever that is', async () => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', shownCurl()], { cwd: tmpdir(), encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(JSON.parse(stdout).slug, 'slack')
    assert.deepEqual((await ask(patchbay, 'GET', '/projects/1/services')).length, 1)
  })

  it('is in development, where MockCI is known', async () => {
    await ask(patchbay, 'PUT', '/projects/1/services/mock-ci', { mock_service_url: 'http://localhost:4004' })
  })

  it('changes nothing when it is started again', async () => {
    const before = { file: readFileSync(devVars, 'utf8'), content: await content() }
    await restart()
    assert.deepEqual({ file: readFileSync(devVars, 'utf8'), content: await content() }, before)
  })

  it('reads the first of two tokens', async () => {
    const { ADMIN_TOKEN = '' } = readDevVars(directory)
    writeFileSync(devVars, readFileSync(devVars, 'utf8').replace(ADMIN_TOKEN, `${'n'.repeat(32)},${ADMIN_TOKEN}`))
    await restart()
    const { stdout } = spawnSync('bash', ['-c', shownCurl()], { encoding: 'utf8' })
    assert.equal(JSON.parse(stdout).slug, 'slack')
  })

  it('prints no secret', () => {
    const { ADMIN_TOKEN = '', ENCRYPTION_KEYS = '' } = readDevVars(directory)
    const printed = starts.map(({ output }) => output())
    assert.equal(printed.length, 3)
    for (const secret of [...ADMIN_TOKEN.split(','), ...ENCRYPTION_KEYS.split(':').slice(1)])
      assert.ok(!printed.join().includes(secret))
  })

  it('leaves nothing running when npm is told to stop', async () => {
    await patchbay.stop()
    await assert.rejects(fetch(`${patchbay.url}/health`))
  })

  async function restart(): Promise<void> {
    await patchbay?.stop()
    patchbay = await start(directory)
    starts.push(patchbay)
  }

  /** The parts that stay the same; `web_url` holds the port. */
  async function content() {
    const projects = await ask(patchbay, 'GET', '/projects')
    const settings = await ask(patchbay, 'GET', '/projects/1/services?with_properties=true')
    return { projects: projects.map((project: Project) => ({ ...project, web_url: '' })), settings }
  }

  function shownCurl(): string {
    return /^curl .+?\/services\/slack$/ms.exec(patchbay.output())?.[0] ?? ''
  }
})

describe('npm run dev, with secrets that cannot be used', () => {
  const cases = {
    'a key ring that is none': ['ENCRYPTION_KEYS', 'dev:c2hvcnQ='],
    'no key ring': ['ENCRYPTION_KEYS', ''],
    'a short token': ['ADMIN_TOKEN', 'not-32-characters'],
    'three tokens': ['ADMIN_TOKEN', Array(3).fill('n'.repeat(32)).join()],
  } as const
  for (const [name, [variable, value]] of Object.entries(cases))
    it(`refuses ${name}, and repeats no value`, () => {
      const directory = checkOut()
      const usable = { ADMIN_TOKEN: 'a'.repeat(32), ENCRYPTION_KEYS: `k1:${btoa('k'.repeat(32))}` }
      const lines = Object.entries({ ...usable, [variable]: value }).map(([name, value]) => `${name}=${value}`)
      writeFileSync(join(directory, '.dev.vars'), lines.join('\n'))
      const { status, stdout, stderr } = spawnSync('npm', ['run', 'dev'], { cwd: directory, encoding: 'utf8' })
      assert.equal(status, 1)
      assert.match(stderr, new RegExp(`\\.dev\\.vars: ${variable}`))
      if (value) assert.ok(!(stdout + stderr).includes(value))
    })
})

interface Project {
  id: number
  path_with_namespace: string
}
