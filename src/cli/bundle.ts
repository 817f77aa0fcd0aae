import { join } from 'node:path'
import { build, type Plugin } from 'rolldown'
import { withoutProse } from './prose.ts'
import { ROOT } from './wrangler.ts'

/** Conditions of the exports of packages, as wrangler has them. */
const CONDITIONS = ['workerd', 'worker', 'browser', 'import', 'module', 'default']

const SOURCE = join(ROOT, 'src')

const prose: Plugin = {
  name: 'prose',
  transform: {
    filter: { id: /\.tsx?$/ },
    handler: (code, id) => (id.startsWith(SOURCE) ? { code: withoutProse(id, code), map: null } : undefined),
  },
}

if (import.meta.main) await bundle('src/index.ts', 'build/index.js')

/** Bundles a Worker into one file, and returns its text. */
export async function bundle(entry: string, file: string): Promise<string> {
  const { output } = await build({
    input: join(ROOT, entry),
    cwd: ROOT,
    platform: 'browser',
    external: /^cloudflare:/,
    resolve: { conditionNames: CONDITIONS },
    plugins: [prose],
    output: { file, format: 'esm', minify: true, codeSplitting: false, sourcemap: true },
  })
  return output[0].code
}
