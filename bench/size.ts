import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../src/cli/bundle.ts'
import { compressedSize, MAX_KIBIBYTES } from './startup.ts'

const directory = mkdtempSync(join(tmpdir(), 'patchbay-size-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

const size = compressedSize(await bundle('src/index.ts', join(directory, 'index.js')))
console.log(`The bundle has ${size.toFixed(1)} KiB, gzip; it may have ${MAX_KIBIBYTES}.`)
if (size > MAX_KIBIBYTES) process.exit(1)
