import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compressedSize, MAX_KIBIBYTES } from './startup.ts'
import { bundle } from './workers.ts'

const directory = mkdtempSync(join(tmpdir(), 'patchbay-size-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

const size = compressedSize(bundle(directory))
console.log(`The bundle has ${size.toFixed(1)} KiB, gzip; it may have ${MAX_KIBIBYTES}.`)
if (size > MAX_KIBIBYTES) process.exit(1)
