import { runCommand } from './command.ts'
import { readOptions } from './import/options.ts'
import { runImport } from './import/run.ts'
import { Terminal } from './terminal.ts'

await runCommand(() => runImport(readOptions(process.argv.slice(2)), new Terminal()))
