import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, test, vi } from 'vitest'
import { blockedReason } from '../../src/settings/address.ts'

const LOCALHOST = 'is blocked: Requests to localhost are not allowed'
const LOOPBACK = 'is blocked: Requests to loopback addresses are not allowed'
const NETWORK = 'is blocked: Requests to the local network are not allowed'
const LINK = 'is blocked: Requests to the link local network are not allowed'
const SHARED = 'is blocked: Requests to the shared address space are not allowed'
const BROADCAST = 'is blocked: Requests to the limited broadcast address are not allowed'
const NO_HOST = 'is blocked: Hostname or IP address invalid'
const NO_URI = 'is blocked: URI is invalid'
const LONG = 'is blocked: Host is too long (maximum is 1024 characters)'
const USER_INFO = 'must not contain a user name or password'
const IRC_ONLY = 'is blocked: Only allowed schemes are irc, ircs'

const PUBLIC = undefined

/** Errors of each kind of parameter for a host, if the local network is refused. */
function reasonsOf(host: string): (string | undefined)[] {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return [
    ...[`http://${host}`, `https://${host}/`, `HTTP://${host}:8443/path?a=b@c#d`, `ircs://${host}:6697/`].map((url) =>
      blockedReason('url', url, false),
    ),
    blockedReason('host', host, false),
    blockedReason('host', bare, false),
    blockedReason('channels', `irc://irc.example.net/room\n\tircs://${host}/room#a`, false),
    blockedReason('channels', `room //${host}/room`, false),
  ]
}

/** The one thing that all kinds of parameters say. */
function reasonOf(host: string): string | undefined {
  const reasons = new Set(reasonsOf(host))
  expect([...reasons]).toHaveLength(1)
  return [...reasons][0]
}

describe('an IPv4 address', () => {
  test.each([
    ['this network', LOCALHOST, '0.0.0.0', '0.255.255.255', [], ['1.0.0.0']],
    ['private', NETWORK, '10.0.0.0', '10.255.255.255', ['9.255.255.255'], ['11.0.0.0']],
    ['shared (CGNAT)', SHARED, '100.64.0.0', '100.127.255.255', ['100.63.255.255'], ['100.128.0.0']],
    ['loopback', LOOPBACK, '127.0.0.0', '127.255.255.255', ['126.255.255.255'], ['128.0.0.0']],
    ['link-local', LINK, '169.254.0.0', '169.254.255.255', ['169.253.255.255'], ['169.255.0.0']],
    ['private', NETWORK, '172.16.0.0', '172.31.255.255', ['172.15.255.255'], ['172.32.0.0']],
    ['protocols', NETWORK, '192.0.0.0', '192.0.0.255', ['191.255.255.255'], ['192.0.1.0']],
    ['documentation', NETWORK, '192.0.2.0', '192.0.2.255', ['192.0.1.255'], ['192.0.3.0']],
    ['6to4 relays', NETWORK, '192.88.99.0', '192.88.99.255', ['192.88.98.255'], ['192.88.100.0']],
    ['private', NETWORK, '192.168.0.0', '192.168.255.255', ['192.167.255.255'], ['192.169.0.0']],
    ['benchmark', NETWORK, '198.18.0.0', '198.19.255.255', ['198.17.255.255'], ['198.20.0.0']],
    ['documentation', NETWORK, '198.51.100.0', '198.51.100.255', ['198.51.99.255'], ['198.51.101.0']],
    ['documentation', NETWORK, '203.0.113.0', '203.0.113.255', ['203.0.112.255'], ['203.0.114.0']],
    ['multicast', NETWORK, '224.0.0.0', '239.255.255.255', ['223.255.255.255'], []],
    ['reserved', NETWORK, '240.0.0.0', '255.255.255.254', [], []],
    ['broadcast', BROADCAST, '255.255.255.255', '255.255.255.255', [], []],
  ])('just inside %s is refused, just outside is not: %s, %s – %s', (_, text, first, last, before, after) => {
    expect([first, last].map(reasonOf)).toEqual([text, text])
    for (const host of [...before, ...after]) expect([host, reasonOf(host)]).toEqual([host, PUBLIC])
  })

  test.each([
    ['127.0.0.1', LOCALHOST],
    ['127.0.0.2', LOOPBACK],
    ['127.1.2.3', LOOPBACK],
    ['168.63.129.15', PUBLIC],
    ['168.63.129.16', LINK],
    ['168.63.129.17', PUBLIC],
    ['169.254.169.254', LINK],
    ['100.100.100.200', SHARED],
    ['192.168.1.1', NETWORK],
    ['8.8.8.8', PUBLIC],
    ['93.184.216.34', PUBLIC],
  ])('%s: %s', (host, text) => expect(reasonOf(host)).toBe(text))
})

describe('an IPv6 address', () => {
  const f = (groups: number) => Array(groups).fill('ffff').join(':')

  test.each([
    ['unspecified and loopback', LOCALHOST, '::', '::1', [], []],
    ['discard', NETWORK, '100::', `100::${f(4)}`, [[`ff:${f(7)}`, NO_HOST]], [['100:0:0:1::', NO_HOST]]],
    ['local NAT64', NETWORK, '64:ff9b:1::', `64:ff9b:1:${f(5)}`, [], [['64:ff9b:2::', NO_HOST]]],
    ['protocols', NETWORK, '2001::', `2001:1ff:${f(6)}`, [[`2000:${f(7)}`, PUBLIC]], [['2001:200::', PUBLIC]]],
    ['Teredo', NETWORK, '2001::', `2001:0:${f(6)}`, [], []],
    ['benchmark', NETWORK, '2001:2::', `2001:2:0:${f(5)}`, [], []],
    [
      'documentation',
      NETWORK,
      '2001:db8::',
      `2001:db8:${f(6)}`,
      [[`2001:db7:${f(6)}`, PUBLIC]],
      [['2001:db9::', PUBLIC]],
    ],
    [
      'AS112',
      NETWORK,
      '2620:4f:8000::',
      `2620:4f:8000:${f(5)}`,
      [[`2620:4f:7fff:${f(5)}`, PUBLIC]],
      [['2620:4f:8001::', PUBLIC]],
    ],
    ['documentation', NETWORK, '3fff::', `3fff:fff:${f(6)}`, [[`3ffe:${f(7)}`, PUBLIC]], [['3fff:1000::', PUBLIC]]],
    ['segment routing', NETWORK, '5f00::', `5f00:${f(7)}`, [[`5eff:${f(7)}`, NO_HOST]], [['5f01::', NO_HOST]]],
    ['unique local', NETWORK, 'fc00::', `fdff:${f(7)}`, [[`fbff:${f(7)}`, NO_HOST]], [['fe00::', NO_HOST]]],
    ['link-local', LINK, 'fe80::', `febf:${f(7)}`, [[`fe7f:${f(7)}`, NO_HOST]], [['fec0::', NETWORK]]],
    ['site-local', NETWORK, 'fec0::', `feff:${f(7)}`, [[`febf:${f(7)}`, LINK]], [['ff00::', NETWORK]]],
    ['multicast', NETWORK, 'ff00::', f(8), [], []],
    ['never given out', NO_HOST, '200::', `1fff:${f(7)}`, [], [['2000::', PUBLIC]]],
    ['never given out', NO_HOST, '4000::', `5eff:${f(7)}`, [[`3fff:${f(7)}`, PUBLIC]], []],
  ] as const)('just inside %s is refused, just outside not as that: %s, %s – %s', (_, text, first, last, ...around) => {
    expect([first, last].map((address) => reasonOf(`[${address}]`))).toEqual([text, text])
    for (const [address, outside] of around.flat()) {
      expect([address, reasonOf(`[${address}]`)]).toEqual([address, outside])
    }
  })

  test.each([
    ['compatible', '::/96', (hex: string) => `::${hex}`],
    ['mapped', '::ffff:0:0/96', (hex: string) => `::ffff:${hex}`],
    ['translated', '::ffff:0:0:0/96', (hex: string) => `::ffff:0:${hex}`],
    ['NAT64', '64:ff9b::/96', (hex: string) => `64:ff9b::${hex}`],
    ['6to4', '2002::/16', (hex: string) => `2002:${hex}::`],
    ['6to4', '2002::/16, with a host', (hex: string) => `2002:${hex}:5:6:7:8:9`],
  ])(
    'an IPv6 address that is %s (%s) is refused with the text of the IPv4 address in it, a public one too',
    (_, __, make) => {
      const of = (address: string) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        return reasonOf(`[${make(`${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)}]`)
      }
      const inside = { '0.255.255.255': LOCALHOST, '127.0.0.1': LOCALHOST, '127.0.0.2': LOOPBACK, '10.0.0.0': NETWORK }
      const more = { '169.254.169.254': LINK, '100.64.0.0': SHARED, '255.255.255.255': BROADCAST, '192.0.2.0': NETWORK }
      for (const [address, text] of Object.entries({ ...inside, ...more })) {
        expect([address, of(address)]).toEqual([address, text])
      }
      expect(['8.8.8.8', '9.255.255.255', '128.0.0.0'].map(of)).toEqual([NO_HOST, NO_HOST, NO_HOST])
    },
  )

  test.each([
    ['[::1:0:0]', NO_HOST],
    ['[::fffe:ffff:ffff]', NO_HOST],
    ['[::1:0:0:0]', NO_HOST],
    ['[64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff]', NO_HOST],
    ['[64:ff9b::1:0:0]', NO_HOST],
    ['[2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff]', PUBLIC],
    ['[2003::]', PUBLIC],
    ['[2606:4700:4700::1111]', PUBLIC],
    ['[2A00:1450:4001:81B::200E]', PUBLIC],
    ['[0:0:0:0:0:0:0:1]', LOCALHOST],
    ['[0000:0000:0000:0000:0000:0000:0000:0001]', LOCALHOST],
    ['[::127.0.0.1]', LOCALHOST],
    ['[::ffff:127.0.0.1]', LOCALHOST],
    ['[::FFFF:7F00:2]', LOOPBACK],
    ['[0:0:0:0:0:ffff:10.1.2.3]', NETWORK],
    ['[64:ff9b::192.168.0.1]', NETWORK],
    ['[fd00:ec2::254]', NETWORK],
  ])('%s, beside those ranges or in another spelling: %s', (host, text) => expect(reasonOf(host)).toBe(text))

  test.each(['fe80::1%eth0', '[fe80::1%25eth0]', '::1%1', '[::1', '::1]', ':::', '1:2', '[]'])(
    'an IPv6 address with a zone, or broken, is no host: %s',
    (host) => {
      for (const isAllowed of [false, true]) expect(blockedReason('host', host, isAllowed)).toBe(NO_HOST)
    },
  )
})

describe('an address of the local network in another notation', () => {
  test.each([
    ['2130706433', LOCALHOST],
    ['0x7f000001', LOCALHOST],
    ['0X7F.0.0.1', LOCALHOST],
    ['0x7f.1', LOCALHOST],
    ['017700000001', LOCALHOST],
    ['0177.0.0.1', LOCALHOST],
    ['127.1', LOCALHOST],
    ['127.0.1', LOCALHOST],
    ['127.0.0.1.', LOCALHOST],
    ['127.0.0.1..', LOCALHOST],
    ['127.0.0.0x1.', LOCALHOST],
    ['127.0.0.2.', LOOPBACK],
    ['0', LOCALHOST],
    ['0x0', LOCALHOST],
    ['0x', LOCALHOST],
    ['167772160', NETWORK],
    ['0xA9FEA9FE', LINK],
    ['2851995648', LINK],
    ['1684275200', SHARED],
    ['4294967295', BROADCAST],
    ['2822734096', LINK],
    ['0xa83f8110', LINK],
    ['168.63.33040', LINK],
    ['0250.077.0201.020', LINK],
    ['[::ffff:168.63.129.16]', LINK],
    ['[64:ff9b::a83f:8110]', LINK],
    ['[2002:a83f:8110::]', LINK],
    ['[::ffff:a9fe:a9fe]', LINK],
    ['169.254.43518', LINK],
    ['%31%32%37.0.0.1', LOCALHOST],
    ['127%2E0%2e0%2E1', LOCALHOST],
    ['１２７.０.０.１', LOCALHOST],
    ['①②⑦.⓪.⓪.①', LOCALHOST],
    ['127。0．0｡1', LOCALHOST],
    ['ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', LOCALHOST],
    ['local\u00adhost', LOCALHOST],
    ['%6c%6Fcalhost', LOCALHOST],
    ['LOCALHOST', LOCALHOST],
    ['localhost.', LOCALHOST],
    ['localhost..', LOCALHOST],
    ['localhost。', LOCALHOST],
  ])('%s is seen through: %s', (host, text) => expect(reasonOf(host)).toBe(text))

  test.each([
    '010.8.8.8', // 8.8.8.8 for one program, 10.8.8.8 for another
    '134744072',
    '0x08080808',
    '8.8.2056',
    '8.8.8.8.',
    '8.8.8.8..',
    '08.8.8.8',
    '８.8.8.8',
    '%38.8.8.8',
    'example.com..',
    'example..com',
    '.example.com',
    '-example.com',
    '_example.com',
    '4294967296',
    '256.1.1.1',
    '1.2.3.4.5',
    'example.1',
    'exam<ple.com',
  ])('%s is refused wherever it leads', (host) => {
    for (const isAllowed of [false, true]) expect(blockedReason('host', host, isAllowed)).toBe(NO_HOST)
    expect(blockedReason('url', `https://${host}/`, true)).toBe(NO_HOST)
    expect(blockedReason('channels', `irc://${host}/room`, true)).toMatch(/^is blocked: /)
  })

  test('a notation of any IPv4 address in any mix of numbers leads to that address only', () => {
    const number = (value: number, base: number) =>
      base === 8 ? `0${value.toString(8)}` : base === 16 ? `0x${value.toString(16)}` : String(value)
    const spelling = fc.record({
      address: fc.oneof(
        fc.nat({ max: 2 ** 32 - 1 }),
        fc.constantFrom(0x7f000001, 0x0a000000, 0xc0a80101, 0xa9fea9fe, 0x64400000, 0x08080808),
      ),
      bases: fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 }),
      count: fc.integer({ min: 1, max: 4 }),
      end: fc.constantFrom('', '.', '..'),
    })
    fc.assert(
      fc.property(spelling, ({ address, bases, count, end }) => {
        const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255)
        const rest = address % 2 ** (8 * (5 - count))
        const parts = [...bytes.slice(0, count - 1), rest].map((part, n) => number(part, bases[n] ?? 10))
        const plain = bytes.join('.')
        const host = parts.join('.') + end
        const expected = reasonOf(plain) ?? (host === plain ? PUBLIC : NO_HOST)
        expect(reasonsOf(host)).toEqual(reasonsOf(host).map(() => expected))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a name', () => {
  test.each([
    ['localhost', LOCALHOST],
    ['a.localhost', LOCALHOST],
    ['a.b.LocalHost.', LOCALHOST],
    ['localhost.localdomain', LOCALHOST],
    ['localhost4', LOCALHOST],
    ['localhost6', LOCALHOST],
    ['localhost6.localdomain6', LOCALHOST],
    ['ip6-localhost', LOCALHOST],
    ['ip6-loopback', LOCALHOST],
    ['printer.localdomain', NETWORK],
    ['printer.local', NETWORK],
    ['printer.local.', NETWORK],
    ['api.default.svc.cluster.local', NETWORK],
    ['metadata.google.internal', NETWORK],
    ['host.docker.internal', NETWORK],
    ['nas.home.arpa', NETWORK],
    ['redis', NETWORK],
    ['metadata', NETWORK],
    ['METADATA.', NETWORK],
    ['r%65dis', NETWORK],
    ['notlocalhost', NETWORK],
    ['arpa', NETWORK],
    ['wiki.intranet', NETWORK],
    ['router.lan', NETWORK],
    ['router.home', NETWORK],
    ['ad.corp', NETWORK],
    ['db.private', NETWORK],
    ['api.default.svc', NETWORK],
    ['1.0.0.127.in-addr.arpa', NETWORK],
    ['wiki｡intranet', NETWORK],
    ['Wiki.INTRANET.', NETWORK],
    ['lan.example.com', PUBLIC],
    ['corp.example.com', PUBLIC],
    ['router.lan.example', PUBLIC],
    ['example.homes', PUBLIC],
    ['localhost.example.com', PUBLIC],
    ['local.example.com', PUBLIC],
    ['internal.example.com', PUBLIC],
    ['example.com', PUBLIC],
    ['example.com.', PUBLIC],
    ['EXAMPLE.com', PUBLIC],
    ['a_b.example.com', PUBLIC],
    ['1.example.com', PUBLIC],
    ['10.0.0.1.example.com', PUBLIC],
    ['0x7f.example', PUBLIC],
    ['bücher.example', PUBLIC],
    ['xn--bcher-kva.example', PUBLIC],
  ])('%s: %s', (host, text) => expect(reasonOf(host)).toBe(text))

  test('a name of more than 1024 characters is too long', () => {
    const host = (length: number) => 'a.'.repeat(length / 2 - 2) + 'b'.repeat(4)
    expect([reasonOf(host(1024)), reasonOf(host(1026))]).toEqual([PUBLIC, LONG])
  })
})

describe('a URL', () => {
  test.each([
    'https://user:pass@example.com/',
    'https://user@example.com',
    'https://:pass@example.com',
    'https://@example.com',
    'https://user%40:a@example.com',
    'https://a@b@example.com',
    'https://example.com:80@127.0.0.1/',
    'irc://nick@irc.example.net/',
  ])('a URL must not carry a user name or password, anywhere: %s', (url) => {
    for (const isAllowed of [false, true]) {
      expect(blockedReason('url', url, isAllowed)).toBe(USER_INFO)
      expect(blockedReason('channels', url.replace(/^https/, 'irc').replace('//@', '//a@'), isAllowed)).toBe(USER_INFO)
    }
  })

  test.each([
    'https:example.com',
    'https:/example.com',
    'https:///example.com',
    'https:\\\\example.com',
    'https://example.com\\@127.0.0.1/',
    'https://example.com\\.local/',
    'http:127.0.0.1',
  ])('a URL is spelt so that all programs find the same host in it: not %s', (url) => {
    for (const isAllowed of [false, true]) expect(blockedReason('url', url, isAllowed)).toBe(NO_URI)
  })

  test.each([
    'https://example.com/@127.0.0.1/',
    'https://example.com/?next=http://localhost/&mail=a@b',
    'https://example.com#@localhost',
    'https://example.com?@localhost',
    'https://example.com/\\@localhost',
    'https://tracker.example.com/issues/:id',
    'https://example.com:22/',
  ])('a URL may hold anything after its host: %s', (url) => expect(blockedReason('url', url, false)).toBe(PUBLIC))
})

test.each([
  ['example.com:80', NO_HOST],
  ['localhost:6659', NO_HOST],
  ['http://example.com', NO_HOST],
  ['example.com/path', NO_HOST],
  ['example.com?a', NO_HOST],
  ['example.com#a', NO_HOST],
  ['user@example.com', NO_HOST],
  ['example.com\\a', NO_HOST],
  ['exam ple.com', NO_HOST],
])('a host is nothing but that: %s is refused', (host, text) => {
  for (const isAllowed of [false, true]) expect(blockedReason('host', host, isAllowed)).toBe(text)
})

test.each([
  ['room', PUBLIC],
  ['room,isnick other?key=a@b', PUBLIC],
  ['#room irc://irc.example.net/#room ircs://irc.example.net:6697/room?key', PUBLIC],
  ['room:other', PUBLIC],
  ['irc://irc.example.net/room irc://localhost/room', LOCALHOST],
  ['room\r\nirc://[::1]:6667/room', LOCALHOST],
  ['//10.0.0.1/room', NETWORK],
  ['irc://irc.example.net/room https://example.com/room', IRC_ONLY],
  ['irc://irc.example.net/room http://localhost', IRC_ONLY],
  ['irc://irc.example.net/room irc://127.0.0.1:99999/room', NO_URI],
  ['irc://irc.example.net/room irc://127.0.0.1\\a/room', NO_URI],
])('the servers of IRC channels are looked at, one by one: %j, %s', (channels, text) => {
  expect(blockedReason('channels', channels, false)).toBe(text)
})

test('a name is not parsed as an IPv4 address, which throws an error inside: lists have thousands of them', () => {
  const parse = vi.spyOn(ipaddr.IPv4, 'isValidFourPartDecimal')
  expect(blockedReason('channels', 'irc://irc.example.net/room room '.repeat(9), false)).toBeUndefined()
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
})

test('the local network may be allowed, in its usual aliases', () => {
  const hosts = ['localhost', 'a.localhost.', '127.0.0.1', '0.0.0.0', '10.1.2.3', '169.254.169.254', '100.64.0.1']
  const more = [
    '203.0.113.1',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    'printer.local',
    '[200::]',
  ]
  for (const host of [...hosts, ...more]) {
    expect([host, blockedReason('url', `http://${host}:4004/a`, true)]).toEqual([host, undefined])
    expect([host, blockedReason('host', host, true)]).toEqual([host, undefined])
    expect([host, blockedReason('channels', `irc://${host}/a`, true)]).toEqual([host, undefined])
    expect([host, reasonOf(host)]).toEqual([host, expect.any(String)])
  }
  expect(blockedReason('url', 'http://2130706433/', true)).toBe(NO_HOST)
})

describe('a DNS name that hosts are under', () => {
  const reasonsFor = (value: string) => [false, true].map((isAllowed) => blockedReason('domain', value, isAllowed))

  test.each(['datadoghq.eu', 'us5.datadoghq.com', 'DataDogHQ.com', 'a-1.b2.example', 'xn--bcher-kva.example'])(
    'a DNS name that hosts are under may be %s',
    (value) => expect(reasonsFor(value)).toEqual([undefined, undefined]),
  )

  test.each([
    ['localhost', LOCALHOST],
    ['site', NETWORK],
    ['site.internal', NETWORK],
  ])(
    'a DNS name that hosts are under must not lead to the local network, unless that is allowed: %s',
    (value, text) => {
      expect(reasonsFor(value)).toEqual([text, undefined])
    },
  )

  test.each([
    '8.8.8.8',
    'example.com.',
    'example.com/',
    'example.com/a',
    'example.com:443',
    'example.com#',
    'example.com?a',
    'user@example.com',
    'a_b.example.com',
    'bücher.example',
    '-a.example',
    'a-.example',
    `${'a'.repeat(64)}.example`,
    'a..example',
    'exam%70le.com',
    '[2606:4700:4700::1111]',
    '',
  ])('consists of DNS labels only, not %j', (value) => expect(reasonsFor(value)).toEqual([NO_HOST, NO_HOST]))
})

test.each(['acme', 'acme-1', '37', 'a.b', 'a'.repeat(63)])('labels in front of a host may be %s', (value) => {
  for (const isAllowed of [false, true]) expect(blockedReason('labels', value, isAllowed)).toBeUndefined()
})

test.each([
  '127.0.0.1/',
  'a/',
  'a#',
  'a?',
  'a:1',
  'a@b',
  '.a',
  'a.',
  'a..b',
  '-a',
  'a_b',
  'a b',
  'ü',
  '',
  'a'.repeat(64),
])('labels in front of a host are nothing else, so not %j', (value) => {
  for (const isAllowed of [false, true])
    expect(blockedReason('labels', value, isAllowed)).toBe('must consist of DNS labels')
})

describe('a key file', () => {
  const file = (fields: object) => JSON.stringify({ type: 'service_account', private_key: '-----BEGIN', ...fields })

  test.each([
    [{ token_uri: 'https://oauth2.googleapis.com/token' }, undefined],
    [{ token_uri: 'http://169.254.169.254/token' }, LINK],
    [{ token_uri: 'http://metadata/token' }, NETWORK],
    [{ token_uri: 'https://user:pass@example.com/token' }, USER_INFO],
    [{ token_uri: 'ftp://example.com/token' }, NO_URI],
    [{ token_uri: '//example.com/token' }, NO_URI],
    [{ token_uri: '' }, NO_URI],
    [{ token_uri: ['http://localhost/'] }, NO_URI],
    [{ TOKEN_URI: 'http://localhost/' }, LOCALHOST],
    [{ token_url: 'http://localhost/' }, LOCALHOST],
    [{ credential_source: { url: 'http://169.254.169.254/' } }, LINK],
    [{ list: [{ auth_uri: 'http://10.0.0.1/' }] }, NETWORK],
    [{ client_email: 'a@b.iam.gserviceaccount.com' }, undefined],
  ])('a key file is checked for where it signs in: %j, %s', (fields, text) => {
    expect(blockedReason('key file', file(fields), false)).toBe(text)
  })

  test('a key file that is no JSON object names no address', () => {
    for (const value of ['-----BEGIN PRIVATE KEY-----', '', 'null', '"http://localhost/"', '{'])
      expect(blockedReason('key file', value, false)).toBeUndefined()
  })

  test('a key file may be nested as deeply as its length allows', () => {
    const depth = 30_000
    const nested = `${'['.repeat(depth)}{"token_uri":"http://localhost/"}${']'.repeat(depth)}`
    expect(blockedReason('key file', nested, false)).toBe(LOCALHOST)
  })
})
