import * as fc from 'fast-check'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { asSecret, HOSTILE, PLAIN, tame, type Wild, wild } from './values.ts'

export const CALLERS = [
  'maintainer',
  'secrets',
  'reader',
  'guest',
  'signed',
  'instance',
  'revoked',
  'unknown',
  'none',
] as const
export type Caller = (typeof CALLERS)[number]

/** A route as the app declares it, and the parameters that it knows. */
export interface Target {
  method: string
  pattern: string
  slug: string
  fields: readonly Field[]
}

interface Field {
  name: string
  secret: boolean
  /** A good value; undefined if good requests leave it out. */
  tame: Wild | undefined
}

interface Body {
  type: string | undefined
  bytes: Uint8Array<ArrayBuffer>
}

/** A request to be made. In its path, `{own}` and the like stand for what only the world knows. */
export interface Draft {
  caller: Caller
  method: string
  path: string
  query: string
  headers: readonly Header[]
  body: Body | undefined
}

type Entry = readonly [name: string, value: Wild]
type Header = readonly [name: string, value: string]

const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND']
const TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data; boundary=b',
}
const ODD_TYPES = [
  'text/plain',
  'APPLICATION/JSON; charset=utf-16',
  'multipart/form-data',
  'multipart/form-data; boundary=""',
  'application/x-www-form-urlencoded; charset=latin1',
  ';',
  '',
]
const JUNK_SEGMENTS = [
  '0',
  '-1',
  '1e3',
  '00001',
  '%00',
  '%ff',
  '%F0%9F%92%A9',
  '%2e%2e',
  '..%2f..%2fadmin',
  '%ED%A0%80',
  '__proto__',
  'constructor',
  'slack.json',
  '*',
  "';drop table settings;--",
  '9'.repeat(30),
  '9'.repeat(400),
  'a'.repeat(4000),
  'slak',
]
const QUERY_NAMES = [
  'active',
  'event',
  'with_properties',
  'with_secrets',
  'page',
  'per_page',
  'search',
  'state',
  'slug',
]
const QUERY_TIMES = ['created_after', 'created_before']
const QUERY_WORDS = [
  'true',
  'all',
  'push',
  'false',
  '1',
  '0',
  '999999999999999',
  '-5',
  '',
  '2026-01-01',
  '275760-09-13',
]
const RAW_QUERY = ['%', '%ff', '%zz', '&&&', '=', '+', '?', '#', '%00', `page=1&page=${PLAIN}`, `${PLAIN}=%ff`, ';a=b']
const HEADER_NAMES = [
  'If-Match',
  'If-None-Match',
  'If-Unmodified-Since',
  'X-D1-Bookmark',
  'CF-Connecting-IP',
  'X-Forwarded-For',
  'X-Request-Id',
  'X-HTTP-Method-Override',
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Accept',
  'Accept-Language',
  'Range',
  'Cookie',
  'Sudo',
  'User-Agent',
]
const HEADER_VALUES = [
  '*',
  '"1-1"',
  'W/"1-1", "2-2"',
  '"',
  ',,,',
  '',
  'Mon, 23 Nov 2026 00:00:00 GMT',
  'Mon, 99 Foo 99999 99:99:99 GMT',
  'ffffffff-ffffffff-ffffffff-ffffffffffffffffffffffffffffffff',
  '00000000-00000000-00000000-00000000000000000000000000000000',
  'bytes=0-',
  'x'.repeat(5000),
  PLAIN,
]

const often = <T>(weight: number, usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd })

const caller = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Caller>('maintainer') },
  { weight: 2, arbitrary: fc.constant<Caller>('instance') },
  { weight: 4, arbitrary: fc.constantFrom(...CALLERS) },
)

const project = often(6, fc.constant('{own}'), fc.constantFrom('{own path}', '{OWN PATH}', '{other}', '{other path}'))
const tokenId = fc.constantFrom('self', '{token}', '{other token}', '{guest}')
const junkSegment = fc.oneof(
  fc.constantFrom(...JUNK_SEGMENTS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).map((text) => encodeURIComponent(text)),
)

/** Spells the same service otherwise. What is a secret of one may be none of another that has a parameter of that name. */
function encoded(slug: string): string {
  return slug.replace(/^./, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

function segment(part: string, slug: string): fc.Arbitrary<string> {
  if (part.startsWith(':id')) return often(12, project, junkSegment)
  if (part.startsWith(':token_id')) return often(6, tokenId, junkSegment)
  if (part.startsWith(':slug')) return often(20, often(20, fc.constant(slug), fc.constant(encoded(slug))), junkSegment)
  return part.startsWith(':') ? junkSegment : fc.constant(part)
}

function path({ pattern, slug }: Target): fc.Arbitrary<string> {
  const parts = pattern.split('/').map((part) => segment(part, slug))
  const end = often(20, fc.constant(''), fc.constantFrom('/', '//', '.json', '/x', '%2f'))
  return fc.tuple(fc.tuple(...parts), end).map(([some, last]) => some.join('/') + last)
}

const encode = (text: string) => encodeURIComponent(text.toWellFormed())
const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 10 }))
const queryValue = often(3, fc.constantFrom(...QUERY_WORDS), fc.constant(PLAIN))
const queryPart = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...QUERY_NAMES, ...QUERY_TIMES), queryValue)
      .map(([key, value]) => `${key}=${encode(value)}`),
  },
  { weight: 1, arbitrary: fc.tuple(name, queryValue).map(([key, value]) => `${encode(key)}=${encode(value)}`) },
  { weight: 1, arbitrary: fc.constantFrom(...RAW_QUERY) },
  { weight: 1, arbitrary: fc.constant('with_secrets=true') },
)
const query = often(3, fc.array(queryPart, { maxLength: 1 }), fc.array(queryPart, { minLength: 2, maxLength: 8 })).map(
  (parts) => parts.join('&'),
)

const noise: fc.Arbitrary<Header> = fc.tuple(fc.constantFrom(...HEADER_NAMES), fc.constantFrom(...HEADER_VALUES))
const otherToken: fc.Arbitrary<Header> = fc
  .constantFrom(
    `Bearer ${PLAIN}`,
    `bearer  ${PLAIN}  `,
    'Basic eDp5',
    'Bearer',
    `Bearer ${'x'.repeat(5000)}`,
    `Bearer ${PLAIN}.${PLAIN}.${PLAIN}`,
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer eyJhbGciOiJFUzI1NiJ9.bnVsbA.AAAA',
    'Bearer e30.e30.e30',
  )
  .map((value) => ['Authorization', value])
const headers = often(
  3,
  fc.array(noise, { maxLength: 1 }),
  fc.array(often(8, noise, otherToken), { minLength: 1, maxLength: 6 }),
)

/** Parameters of the route, most of them as they should be, some not, and names that it does not have. */
function entries(fields: readonly Field[], most = 3): fc.Arbitrary<Entry[]> {
  const strange = fc.tuple(name, wild)
  if (fields.length === 0) return fc.array(strange, { maxLength: 3 })
  const secrets = new Set(fields.filter(({ secret }) => secret).map((field) => field.name))
  const marked = ([field, value]: Entry): Entry => [field, secrets.has(field) ? asSecret(value) : value]
  const known = fc.tuple(fc.constantFrom(...fields.map((field) => field.name)), wild)
  const good = often(2, fc.constant(fields), fc.subarray([...fields])).map((some) =>
    some.flatMap(({ name, tame }): Entry[] => (tame ? [[name, tame]] : [])),
  )
  const odd = fc.array(often(4, known, strange), { maxLength: most })
  return fc.tuple(good, odd).map((lists) => lists.flat().map(marked))
}

const asJson = (list: readonly Entry[]) => `{${list.map(([key, { json }]) => `${JSON.stringify(key)}:${json}`)}}`
const asForm = (list: readonly Entry[]) => list.map(([key, { text }]) => `${encode(key)}=${encode(text)}`).join('&')
const asMultipart = (list: readonly Entry[]) =>
  `${list
    .map(([key, { text }], index) => {
      const file = index % 5 === 4 ? '; filename="f"\r\nContent-Type: text/plain' : ''
      return `--b\r\nContent-Disposition: form-data; name="${key.replaceAll(/["\r\n]/g, '_')}"${file}\r\n\r\n${text}\r\n`
    })
    .join('')}--b--\r\n`

const shapes = { json: asJson, form: asForm, multipart: asMultipart }
type Shape = keyof typeof shapes
const YAML_TYPES = ['application/yaml', 'text/yaml', 'application/x-yaml; charset=utf-8']

/** A body with one byte put in, or cut off. */
interface Damage {
  at: number
  byte: number | undefined
}

const damage: fc.Arbitrary<Damage | undefined> = often(
  8,
  fc.constant(undefined),
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.constantFrom(undefined, 0xff, 0xc3, 0, 0x22, 0x7b),
  }),
)

function toBytes(text: string, harm: Damage | undefined): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new TextEncoder().encode(text))
  if (!harm) return bytes
  const at = Math.floor(harm.at * bytes.length)
  return harm.byte === undefined
    ? bytes.slice(0, at)
    : new Uint8Array([...bytes.slice(0, at), harm.byte, ...bytes.slice(at)])
}

function body(fields: readonly Field[]): fc.Arbitrary<Body> {
  const shape = fc.constantFrom<Shape[]>('json', 'json', 'form', 'multipart')
  const anyJson = fc.oneof(
    wild.map(({ json }) => json),
    fc.json(),
    fc.string(),
  )
  const written = fc
    .tuple(shape, entries(fields), damage)
    .map(([kind, list, harm]): Body => ({ type: TYPES[kind], bytes: toBytes(shapes[kind](list), harm) }))
  const anything = fc
    .tuple(anyJson, often(3, fc.constant(TYPES.json), fc.constantFrom(TYPES.form, ...ODD_TYPES)))
    .map(([text, type]): Body => ({ type, bytes: toBytes(text, undefined) }))
  return often(8, written, anything)
}

const ODD_PLANS = [
  '"__proto__":{"token":"x"}',
  '"slak":{}',
  '"slack":[]',
  '"constructor":null',
  `"jira":"${PLAIN}"`,
  `"asana":{"api_key":{"a":"${PLAIN}"}}`,
]
const OPTIONS = [
  '"dry_run":true',
  '"dry-run":true',
  '"prune":true',
  '"prune":"x"',
  '"after":-1',
  `"after":"${PLAIN}"`,
  '"services":[]',
]
const SELECTORS = [
  '"projects":{"path_prefix":"tests/project"}',
  '"projects":{"ids":[0,-1,1.5,null]}',
  '"projects":{"ids":["9999999"],"path_prefix":"a"}',
  `"projects":"${PLAIN}"`,
]
const ODD_YAML = [
  `a: &a [*a, ${PLAIN}]`,
  `services: !!js/function "${PLAIN}"`,
  `services: {<<: *none, a: ${PLAIN}}`,
  `services:\n\tslack: ${PLAIN}`,
  '--- 1\n--- 2',
  '? {a: b}\n: c',
  '%TAG ! tag:x,2026:\n---\n!a b',
]

/** Settings of some services at once, in JSON or in YAML. */
const plan: fc.Arbitrary<Body> = fc
  .record({
    wanted: fc.array(often(20, fc.constantFrom(...services).chain(wanted), fc.constantFrom(...ODD_PLANS)), {
      maxLength: 4,
    }),
    selector: often(8, fc.constant(SELECTORS[0]), fc.constantFrom(...SELECTORS)),
    options: often<string[]>(
      2,
      fc.constant([]),
      fc.constantFrom(...OPTIONS).map((option) => [option]),
    ),
    type: often(2, fc.constant(TYPES.json), fc.constantFrom(...YAML_TYPES)),
    odd: often(8, fc.constant(undefined), fc.constantFrom(...ODD_YAML)),
  })
  .map(({ wanted, selector, options, type, odd }): Body => {
    const text = `{"services":{${wanted}},${[selector, ...options]}}`
    return { type, bytes: toBytes(odd ?? text, undefined) }
  })

function wanted(service: Service): fc.Arbitrary<string> {
  const list = often(4, entries(fieldsOfService(service), 0), entries(fieldsOfService(service), 1))
  return list.map((list) => `"${service.slug}":${asJson(list)}`)
}

function bodyOf({ method, pattern, fields }: Target): fc.Arbitrary<Body> {
  const isPlan = /(services|integrations)(\/apply)?$/.test(pattern) && ['PUT', 'PATCH'].includes(method)
  return isPlan ? often(8, plan, body(fields)) : body(fields)
}

/** Requests to a route: mostly such as reach far into it. */
export function requests(target: Target): fc.Arbitrary<Draft> {
  return fc
    .record({
      caller,
      method: often(15, fc.constant(target.method), fc.constantFrom(...METHODS)),
      path: path(target),
      query,
      headers,
      body: often(12, bodyOf(target), fc.constant(undefined)),
    })
    .map((draft) => (['GET', 'HEAD'].includes(draft.method) ? { ...draft, body: undefined } : draft))
}

/** Requests to where there is nothing, or something by chance. */
export const strangeRequests: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom('api', 'v4', 'projects', '{own}', 'services', 'slack', 'admin'), junkSegment), {
      maxLength: 7,
    }),
    fc.constantFrom(...METHODS),
  )
  .chain(([parts, method]) => requests({ method, pattern: `/${parts.join('/')}`, slug: 'slack', fields: [] }))

function plainField(name: string, ...values: unknown[]): Field[] {
  return values.map((value) => ({ name, secret: false, tame: { json: JSON.stringify(value), text: String(value) } }))
}

/** The parameters of the routes that are not of a service. */
const FIELDS: [pattern: RegExp, fields: Field[]][] = [
  [
    /\/projects(\/:id)?$/,
    [
      ...plainField('name', `Name ${PLAIN}`),
      ...plainField('description', PLAIN, ''),
      ...plainField('default_branch', PLAIN),
      ...['path', 'namespace_path', 'id'].map((name) => ({ name, secret: false, tame: undefined })),
    ],
  ],
  [
    /\/access_tokens/,
    [
      ...plainField('name', PLAIN),
      ...plainField('scopes', ['api'], ['read_api', 'read_secrets']),
      ...plainField('access_level', 30, '40'),
      ...plainField('expires_at', '2027-01-01'),
    ],
  ],
]

export function fieldsOf(pattern: string): readonly Field[] {
  return FIELDS.find(([path]) => path.test(pattern))?.[1] ?? []
}

export function fieldsOfService({ params, flags, aliases }: Service): readonly Field[] {
  const switches = ['active', 'use_inherited_settings', ...flags, ...Object.keys(aliases)]
  return [
    ...params.map((param) => ({ name: param.name, secret: param.secret, tame: tame(param) })),
    ...switches.flatMap((flag) => plainField(flag, flag !== 'use_inherited_settings')),
  ]
}
