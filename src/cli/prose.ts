import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Node, type Program, parseSync, Visitor } from 'oxc-parser'
import { ROOT } from './wrangler.ts'

/** Modules whose own functions declare fields. */
const DECLARING = /\bsrc[\\/](?:schema|services)[\\/]/
/** Parameters of functions that take what people read. */
const PARAMETERS = ['description', 'names']
/** Functions that take an object, and its fields that people read. The title of a service is part of responses: it stays. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  defineService: ['description', 'deprecated', 'gitlabOnly'],
  meta: ['title', 'description', 'labels'],
}

interface Cut {
  start: number
  end: number
  replacement: string
}

/**
 * A module without its descriptions for people: the Worker responds with the catalogue and the API document, which were
 * derived from them, and has no use for the texts themselves. Lines keep their numbers.
 */
export function withoutProse(path: string, code: string): string {
  const { program } = parseSync(path, code)
  // Elsewhere a `description` may be part of a response, as in errors.
  const own = DECLARING.test(path) ? describingIn(program) : []
  const places = new Map([...importedInto(program), ...own])
  const cuts: Cut[] = []
  new Visitor({
    CallExpression: ({ callee, arguments: given }) => {
      const name = nameOf(callee)
      for (const index of places.get(name) ?? []) cuts.push(...literalAt(given[index]))
      cuts.push(...fieldsOf(given[0], FIELDS[name] ?? []))
    },
  }).visit(program)
  return cuts.toSorted((one, other) => other.start - one.start).reduce(apply, code)
}

/** Functions with such parameters, and which of their parameters these are. */
function describingIn(program: Program): Map<string, number[]> {
  const found = new Map<string, number[]>()
  new Visitor({
    FunctionDeclaration: ({ id, params }) => {
      const indices = params.flatMap((param, index) => (PARAMETERS.includes(nameOf(param)) ? index : []))
      if (id && indices.length > 0) found.set(id.name, indices)
    },
  }).visit(program)
  return found
}

/** Those of src/schema/field.ts, as a module imports them: drizzle has a `text` too. */
function importedInto(program: Program): Map<string, number[]> {
  const found = new Map<string, number[]>()
  new Visitor({
    ImportDeclaration: ({ source, specifiers }) => {
      if (!source.value.endsWith('/field.ts')) return
      for (const specifier of specifiers)
        if (specifier.type === 'ImportSpecifier')
          found.set(specifier.local.name, describing.get(nameOf(specifier.imported)) ?? [])
    },
  }).visit(program)
  return found
}

const FIELD = join(ROOT, 'src/schema/field.ts')
const describing = describingIn(parseSync(FIELD, readFileSync(FIELD, 'utf8')).program)

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'AssignmentPattern') return nameOf(node.left)
  return node.type === 'MemberExpression' ? nameOf(node.property) : ''
}

function literalAt(node: Node | undefined): Cut[] {
  if (node?.type === 'ObjectExpression') return [{ ...node, replacement: '{}' }]
  const isText = node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node.value === 'string')
  return isText ? [{ ...node, replacement: "''" }] : []
}

function fieldsOf(node: Node | undefined, names: readonly string[]): Cut[] {
  if (node?.type !== 'ObjectExpression') return []
  const values = node.properties.flatMap((property) =>
    property.type === 'Property' && names.includes(nameOf(property.key)) ? property.value : [],
  )
  return values.flatMap(literalAt)
}

function apply(code: string, { start, end, replacement }: Cut): string {
  const lines = code.slice(start, end).replaceAll(/[^\n]/g, '')
  return code.slice(0, start) + replacement + lines + code.slice(end)
}
