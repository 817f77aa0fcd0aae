import { parseArgs } from 'node:util'

/** Ends a command. Its problems and its remedy are printed, so neither may contain a secret. */
export class CommandError extends Error {
  readonly problems: readonly string[]
  readonly remedy: string

  constructor(problems: readonly string[], remedy: string) {
    super(problems.join('; '))
    this.problems = problems
    this.remedy = remedy
  }
}

/** Runs a command and sets the exit code: the one it returns, or 1 after an error. */
export async function runCommand(run: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await run()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    console.error(`\n${error.problems.map((problem) => `✘ ${problem}`).join('\n')}\n\n${error.remedy}\n`)
    process.exitCode = 1
  }
}

interface Option {
  type: 'string' | 'boolean'
  help: string
  /** Placeholder of the value in the usage text: "FILE". */
  value?: string
  multiple?: boolean
  required?: boolean
  default?: string | boolean
}

export type OptionTable = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O['type'] extends 'boolean' ? boolean : string

/** The values of options: a list if `multiple`, undefined if not sent and neither required nor with a default. */
type ValuesOf<T extends OptionTable> = {
  [N in keyof T]: T[N] extends { multiple: true }
    ? ValueOf<T[N]>[]
    : T[N] extends { required: true } | { default: string | boolean }
      ? ValueOf<T[N]>
      : ValueOf<T[N]> | undefined
}

/**
 * Parses the arguments of a command, and reports everything that is wrong with them; `check` adds problems of the
 * command's own. No message repeats a value: it may be a token in the wrong place.
 */
export function parseOptions<const T extends OptionTable>(
  command: string,
  options: T,
  args: readonly string[],
  check: (values: Partial<ValuesOf<T>>) => readonly string[] = () => [],
): ValuesOf<T> {
  const usage = usageOf(command, options)
  const parsed = parse(options, args, usage)
  const lists = Object.entries(options).filter(([, { multiple }]) => multiple)
  const values = { ...Object.fromEntries(lists.map(([name]) => [name, []])), ...parsed.values }
  const problems = [
    ...Object.keys(options)
      .filter((name) => options[name]?.required && !parsed.values[name])
      .map((name) => `--${name} is missing`),
    ...(parsed.positionals.length > 0 ? ['there is an argument that belongs to no option'] : []),
    ...check(values as Partial<ValuesOf<T>>),
  ]
  if (problems.length > 0) throw new CommandError(problems, usage)
  return values as ValuesOf<T>
}

/** The usage text of a command: one line for each option. */
export function usageOf(command: string, options: OptionTable): string {
  const lines = Object.entries(options).map(([name, option]) => [
    option.type === 'boolean' ? `--${name}` : `--${name} ${option.value ?? 'VALUE'}`,
    [
      option.help,
      option.required ? '(required)' : '',
      option.multiple ? '(may be repeated)' : '',
      typeof option.default === 'string' ? `(default: ${option.default})` : '',
    ]
      .filter(Boolean)
      .join(' '),
  ])
  const width = Math.max(...lines.map(([left = '']) => left.length))
  const rows = lines.map(([left = '', help = '']) => `    ${left.padEnd(width)}  ${help}`)
  return [`npm run ${command} -- [options]`, ...rows].join('\n')
}

function parse(options: OptionTable, args: readonly string[], usage: string) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { ...options }, allowPositionals: true })
    return { values: values as Readonly<Record<string, unknown>>, positionals }
  } catch (error) {
    const option = /--[a-z-]+/.exec(error instanceof Error ? error.message : '')?.[0]
    const problem = option ? `${option} is no option, or has no value` : 'the options cannot be read'
    throw new CommandError([problem], usage)
  }
}
