import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ROOT } from './files.ts'

interface Diagnostic {
  category: string
  location: { path: string; start: { line: number } }
}

const BIOME = fileURLToPath(new URL('bin/biome', import.meta.resolve('@biomejs/biome/package.json')))

/** Folder of src → the folders that it may import. Written out here, so that biome.json is checked against it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  crypto: [],
  services: ['schema'],
  parameters: ['schema'],
  store: ['schema'],
  settings: ['schema', 'parameters', 'services', 'store', 'crypto'],
  projects: ['schema', 'services', 'store', 'crypto', 'settings'],
  tokens: ['schema', 'services', 'store', 'crypto', 'settings'],
  openapi: ['schema', 'services'],
  console: ['schema', 'settings'],
  delivery: ['schema', 'services', 'store', 'crypto', 'settings', 'projects', 'tokens'],
  middleware: 'schema services store crypto parameters settings projects tokens openapi console delivery'.split(' '),
  handlers:
    'schema services store crypto parameters settings projects tokens openapi console delivery middleware'.split(' '),
  cli: 'schema services store crypto settings projects tokens openapi'.split(' '),
}
const FOLDERS = Object.keys(ALLOWED)

/** Folders in those, to which the same rules apply: the ones that exist, and the console's handlers. */
const NESTED = [...new Set([...foldersIn(FOLDERS), 'handlers/console'])]

const KNOWS_HTTP = ['middleware', 'handlers']
const KNOWS_SQL = ['schema', 'store']

/** Imports that each folder must refuse. */
function forbiddenIn(path: string): string[] {
  const { folder, src } = placeOf(path)
  const others = FOLDERS.filter((other) => other !== folder && !ALLOWED[folder]?.includes(other))
  return [
    ...others.map((other) => `import '${src}${other}/x.ts'`),
    `import '${src}app.ts'`,
    `import type { App } from '${src}app.ts'`,
    `export { app } from '${src}app.ts'`,
    `export * from '${src}app.ts'`,
    `export const app = () => import('${src}app.ts')`,
    `import './${src}app.ts'`,
    `import './x/../${src}app.ts'`,
    `import '${src}schema/../app.ts'`,
    `import '${src}x/y.ts'`,
    "import 'left-pad'",
    ...(KNOWS_HTTP.includes(folder) ? [] : ["import 'hono'"]),
    ...(KNOWS_SQL.includes(folder) ? [] : ["import 'drizzle-orm'"]),
    ...(folder === 'cli' ? [] : ["import 'node:fs'"]),
  ]
}

function allowedIn(path: string): string[] {
  const { folder, src } = placeOf(path)
  return ["import './x.ts'", ...(ALLOWED[folder] ?? []).map((other) => `import '${src}${other}/x.ts'`)]
}

/** Returns the folder of src that a path belongs to, and the way from the path to src. */
function placeOf(path: string): { folder: string; src: string } {
  const parts = path.split('/')
  return { folder: parts[0] ?? '', src: '../'.repeat(parts.length) }
}

function foldersIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const directory = join(ROOT, 'src', folder)
    const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : []
    return entries
      .filter((entry) => entry.isDirectory() && entry.name !== 'no-telemetry')
      .map(({ name }) => `${folder}/${name}`)
  })
}

/** Rules besides the one-way rule, each with a file that violates it. */
const VIOLATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lint/suspicious/noExplicitAny': { 'src/settings/any.ts': 'export const value: any = 1' },
  'lint/nursery/noFloatingPromises': {
    'src/settings/floating.ts': 'async function save(): Promise<void> {}\nexport function run() {\n  save()\n}',
  },
  'lint/suspicious/noShadow': {
    'src/tokens/shadow.ts': 'const one = 1\nexport const two = [one].map((one) => one)',
  },
  'lint/suspicious/noImportCycles': {
    'src/settings/one.ts': "import { two } from './two.ts'\nexport const one = () => two",
    'src/settings/two.ts': "import { one } from './one.ts'\nexport const two = () => one",
  },
}

describe('imports', () => {
  const directory = mkdtempSync(join(tmpdir(), 'imports-'))
  let diagnostics: readonly Diagnostic[] = []
  before(() => {
    for (const file of ['biome.json', '.gitignore']) cpSync(join(ROOT, file), join(directory, file))
    for (const folder of [...FOLDERS, ...NESTED]) {
      plant(`src/${folder}/forbidden.ts`, forbiddenIn(folder).join('\n'))
      plant(`src/${folder}/allowed.ts`, allowedIn(folder).join('\n'))
    }
    for (const files of Object.values(VIOLATIONS)) for (const [path, text] of Object.entries(files)) plant(path, text)
    diagnostics = lint()
  })
  after(() => rmSync(directory, { recursive: true }))

  it('each folder of src has a rule of imports', () => {
    const entries = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    assert.deepEqual(
      folders.filter((name) => !FOLDERS.includes(name)),
      [],
    )
  })

  for (const folder of [...FOLDERS, ...NESTED]) {
    it(`imports against the one-way rule are refused in src/${folder}`, () => {
      const refused = linesIn(`src/${folder}/forbidden.ts`, 'lint/style/noRestrictedImports')
      const passed = forbiddenIn(folder).filter((_, at) => !refused.includes(at + 1))
      assert.deepEqual(passed, [])
    })

    it(`imports along the one-way rule are accepted in src/${folder}`, () => {
      assert.deepEqual(linesIn(`src/${folder}/allowed.ts`, 'lint/style/noRestrictedImports'), [])
    })
  }

  for (const [rule, files] of Object.entries(VIOLATIONS))
    it(`a violation of ${rule} is an error`, () => {
      for (const path of Object.keys(files)) assert.notDeepEqual(linesIn(path, rule), [], path)
    })

  function plant(path: string, text: string): void {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${text}\n`)
  }

  function lint(): Diagnostic[] {
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--diagnostic-level=error']
    const { stdout } = spawnSync(process.execPath, [BIOME, ...args], { cwd: directory, encoding: 'utf8' })
    return JSON.parse(stdout).diagnostics
  }

  function linesIn(path: string, category: string): number[] {
    const found = diagnostics.filter((one) => one.category === category && one.location.path === path)
    return found.map(({ location }) => location.start.line)
  }
})
