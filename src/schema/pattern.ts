/**
 * Regular expressions that users write: RE2's syntax without Unicode classes and flags, matched in time that grows with
 * the text and not faster. JavaScript's own engine backtracks, so one expression could take a Worker's CPU time; RE2 as
 * a package would take a third of the bundle.
 */
export type Pattern = readonly Instruction[]

/** Offsets of `split` and `jump` are relative, so that patterns can be put one after the other. */
type Instruction =
  | { op: 'character'; matches: (code: number) => boolean }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; by: number }
  | { op: 'assert'; holds: (text: string, at: number) => boolean }

const MAX_LENGTH = 1000
const MAX_REPEATS = 100
const MAX_DEPTH = 50

/** Returns undefined for an expression that is invalid, too large, or uses what RE2 lacks: lookaround, references. */
export function toPattern(source: string): Pattern | undefined {
  try {
    const parser = { source, at: 0 }
    const pattern = parseAlternatives(parser, 0)
    return parser.at === source.length ? pattern : undefined
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

class PatternError extends Error {}

interface Parser {
  source: string
  at: number
}

function parseAlternatives(parser: Parser, depth: number): Pattern {
  if (depth > MAX_DEPTH) throw new PatternError()
  let pattern = parseSequence(parser, depth)
  while (take(parser, '|')) {
    const other = parseSequence(parser, depth)
    pattern = bounded([
      { op: 'split', first: 1, second: pattern.length + 2 },
      ...pattern,
      { op: 'jump', by: other.length + 1 },
      ...other,
    ])
  }
  return pattern
}

function parseSequence(parser: Parser, depth: number): Pattern {
  let pattern: Pattern = []
  while (parser.at < parser.source.length && !isNext(parser, '|') && !isNext(parser, ')')) {
    pattern = bounded([...pattern, ...parseRepeats(parser, parseAtom(parser, depth))])
  }
  return pattern
}

function parseRepeats(parser: Parser, atom: Pattern): Pattern {
  const repeats = takeRepeats(parser)
  if (!repeats) return atom
  const [least, most] = repeats
  const isLazy = take(parser, '?')
  if (takeRepeats(parser)) throw new PatternError()
  const needed = Array.from({ length: least }, () => atom).flat()
  if (most === Number.POSITIVE_INFINITY) return bounded([...needed, ...loop(atom, isLazy)])
  const rest = Array.from({ length: most - least }).reduce<Pattern>(
    (inner) => bounded(optional([...atom, ...inner], isLazy)),
    [],
  )
  return bounded([...needed, ...rest])
}

function loop(atom: Pattern, isLazy: boolean): Pattern {
  return [...optional([...atom, { op: 'jump', by: -atom.length - 1 }], isLazy)]
}

function optional(pattern: Pattern, isLazy: boolean): Pattern {
  const [enter, skip] = [1, pattern.length + 1]
  return [{ op: 'split', first: isLazy ? skip : enter, second: isLazy ? enter : skip }, ...pattern]
}

/** `*`, `+`, `?`, `{2}`, `{2,}` or `{2,3}`: at least and at most how often. A brace that begins none is a character. */
function takeRepeats(parser: Parser): readonly [number, number] | undefined {
  if (take(parser, '*')) return [0, Number.POSITIVE_INFINITY]
  if (take(parser, '+')) return [1, Number.POSITIVE_INFINITY]
  if (take(parser, '?')) return [0, 1]
  const counted = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(parser.source.slice(parser.at, parser.at + 12))
  if (!counted) return undefined
  parser.at += counted[0].length
  const least = Number(counted[1])
  const most = counted[2] === undefined ? least : counted[3] ? Number(counted[3]) : Number.POSITIVE_INFINITY
  if (least > MAX_REPEATS || (most > MAX_REPEATS && most !== Number.POSITIVE_INFINITY) || most < least) {
    throw new PatternError()
  }
  return [least, most]
}

function parseAtom(parser: Parser, depth: number): Pattern {
  if (take(parser, '(')) return parseGroup(parser, depth)
  if (take(parser, '[')) return [{ op: 'character', matches: parseClass(parser) }]
  if (take(parser, '^')) return [{ op: 'assert', holds: (_, at) => at === 0 }]
  if (take(parser, '$')) return [{ op: 'assert', holds: (text, at) => at === text.length }]
  if (take(parser, '.')) return [{ op: 'character', matches: (other) => other !== 0x0a }]
  if (take(parser, '\\')) return parseEscape(parser)
  const code = takeCharacter(parser)
  if ('*+?'.includes(String.fromCharCode(code))) throw new PatternError()
  return [{ op: 'character', matches: (other) => other === code }]
}

/** Groups only group: what they capture is not used. */
function parseGroup(parser: Parser, depth: number): Pattern {
  const opening = /^\?(?::|P?<\w{1,64}>)/.exec(parser.source.slice(parser.at, parser.at + 70))
  if (!opening && isNext(parser, '?')) throw new PatternError()
  parser.at += opening?.[0].length ?? 0
  const pattern = parseAlternatives(parser, depth + 1)
  if (!take(parser, ')')) throw new PatternError()
  return pattern
}

type Test = (code: number) => boolean

const isDigit: Test = (code) => code >= 0x30 && code <= 0x39
const isWord: Test = (code) =>
  isDigit(code) || code === 0x5f || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
const isSpace: Test = (code) => code === 0x20 || (code >= 0x09 && code <= 0x0d)

const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: (code) => !isDigit(code),
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
}
const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d }

function isBoundary(text: string, at: number): boolean {
  const isWordAt = (index: number) => index >= 0 && index < text.length && isWord(text.charCodeAt(index))
  return isWordAt(at - 1) !== isWordAt(at)
}

function parseEscape(parser: Parser): Pattern {
  if (take(parser, 'b')) return [{ op: 'assert', holds: isBoundary }]
  if (take(parser, 'B')) return [{ op: 'assert', holds: (text, at) => !isBoundary(text, at) }]
  if (take(parser, 'A')) return [{ op: 'assert', holds: (_, at) => at === 0 }]
  if (take(parser, 'z')) return [{ op: 'assert', holds: (text, at) => at === text.length }]
  const escaped = takeEscaped(parser)
  return [{ op: 'character', matches: typeof escaped === 'number' ? (code) => code === escaped : escaped }]
}

/** Reads the part after a backslash: a class, or one character. Other letters and digits mean something that RE2 lacks. */
function takeEscaped(parser: Parser): Test | number {
  const code = takeCharacter(parser)
  const letter = String.fromCodePoint(code)
  const known = CLASSES[letter] ?? CONTROLS[letter]
  if (known !== undefined) return known
  if (isWord(code)) throw new PatternError()
  return code
}

function parseClass(parser: Parser): Test {
  const isNegated = take(parser, '^')
  const tests: Test[] = []
  do {
    tests.push(parseRange(parser))
  } while (!take(parser, ']'))
  return (code) => tests.some((test) => test(code)) !== isNegated
}

function parseRange(parser: Parser): Test {
  if (/^\[[:.=]/.test(parser.source.slice(parser.at, parser.at + 2))) throw new PatternError()
  const first = takeMember(parser)
  if (typeof first !== 'number') return first
  if (!isNext(parser, '-') || isNext(parser, '-]')) return (code) => code === first
  parser.at += 1
  const last = takeMember(parser)
  if (typeof last !== 'number' || last < first) throw new PatternError()
  return (code) => code >= first && code <= last
}

function takeMember(parser: Parser): Test | number {
  return take(parser, '\\') ? takeEscaped(parser) : takeCharacter(parser)
}

function takeCharacter(parser: Parser): number {
  const code = parser.source.codePointAt(parser.at)
  if (code === undefined) throw new PatternError()
  parser.at += widthOf(code)
  return code
}

/** Code units of a character. */
function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1
}

function take(parser: Parser, text: string): boolean {
  const isThere = isNext(parser, text)
  if (isThere) parser.at += text.length
  return isThere
}

function isNext({ source, at }: Parser, text: string): boolean {
  return source.startsWith(text, at)
}

function bounded(pattern: Pattern): Pattern {
  if (pattern.length > MAX_LENGTH) throw new PatternError()
  return pattern
}

export interface Match {
  /** Index in the text at which the first of the patterns began. */
  from: number
  /** Indexes at which the last of the patterns began and ended. */
  start: number
  end: number
}

/** A way through the program: the instruction that comes next, and where in the text it began; -1 is not yet. */
interface Thread {
  at: number
  from: number
  start: number
}

/**
 * Finds the patterns one after the other, wherever in the text, and returns what the last of them matched. Matches do
 * not overlap; of several at one place, the one that Perl would find. Steps: text times patterns.
 */
export function findAll(text: string, ...patterns: readonly Pattern[]): Match[] {
  const program = patterns.flat()
  const startOfLast = program.length - (patterns.at(-1)?.length ?? 0)
  const matches: Match[] = []
  let from = 0
  while (from <= text.length) {
    const match = findFrom(text, program, startOfLast, from)
    if (!match) break
    matches.push(match)
    from = match.end > match.from ? match.end : match.end + widthOf(text.codePointAt(match.end) ?? 0)
  }
  return matches
}

function findFrom(text: string, program: Pattern, startOfLast: number, from: number): Match | undefined {
  let threads: Thread[] = []
  let found: Match | undefined
  for (let at = from; at <= text.length; ) {
    const code = text.codePointAt(at) ?? -1
    const seen = new Uint8Array(program.length + 1)
    const ready: Thread[] = []
    for (const thread of threads) follow(text, program, startOfLast, at, thread, seen, ready)
    if (!found) follow(text, program, startOfLast, at, { at: 0, from: at, start: -1 }, seen, ready)
    threads = []
    for (const thread of ready) {
      const instruction = program[thread.at]
      if (!instruction) {
        // Threads behind this one have a lower priority.
        found = { from: thread.from, start: thread.start, end: at }
        break
      }
      if (instruction.op === 'character' && code >= 0 && instruction.matches(code)) {
        threads.push({ ...thread, at: thread.at + 1 })
      }
    }
    if (threads.length === 0 && found) return found
    at += widthOf(code)
  }
  return found
}

/** Adds the instructions that a thread comes to without reading a character, in the order of their priority. */
function follow(
  text: string,
  program: Pattern,
  startOfLast: number,
  at: number,
  thread: Thread,
  seen: Uint8Array,
  ready: Thread[],
): void {
  const waiting: Thread[] = [thread]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen[next.at]) continue
    seen[next.at] = 1
    const start = next.at === startOfLast && next.start < 0 ? at : next.start
    const go = (by: number) => waiting.push({ at: next.at + by, from: next.from, start })
    const instruction = program[next.at]
    if (instruction?.op === 'jump') go(instruction.by)
    else if (instruction?.op === 'split') {
      go(instruction.second)
      go(instruction.first)
    } else if (instruction?.op !== 'assert') ready.push({ ...next, start })
    else if (instruction.holds(text, at)) go(1)
  }
}
