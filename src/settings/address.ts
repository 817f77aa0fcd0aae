import ipaddr from 'ipaddr.js'
import type { AddressKind } from '../schema/field.ts'

const USER_INFO = 'must not contain a user name or password'
const IRC_ONLY = 'is blocked: Only allowed schemes are irc, ircs'
const INVALID_URI = 'is blocked: URI is invalid'
const INVALID_HOST = 'is blocked: Hostname or IP address invalid'
const LONG_HOST = 'is blocked: Host is too long (maximum is 1024 characters)'
const LOCALHOST = 'is blocked: Requests to localhost are not allowed'
const LOOPBACK = 'is blocked: Requests to loopback addresses are not allowed'
const LOCAL_NETWORK = 'is blocked: Requests to the local network are not allowed'
const LINK_LOCAL = 'is blocked: Requests to the link local network are not allowed'
const SHARED = 'is blocked: Requests to the shared address space are not allowed'
const BROADCAST = 'is blocked: Requests to the limited broadcast address are not allowed'

const NO_LABELS = 'must consist of DNS labels'

const HOST_LENGTH = 1024

/** Texts by ipaddr.js's names of ranges; other ranges get the local network's. */
const RANGES: Readonly<Record<string, string>> = {
  unspecified: LOCALHOST,
  loopback: LOOPBACK,
  linkLocal: LINK_LOCAL,
  carrierGradeNat: SHARED,
  broadcast: BROADCAST,
}

/** The only IPv6 addresses that have been allocated. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** IPv6 ranges that embed an IPv4 address, and the byte at which it starts. */
const CARRIERS = [
  { name: 'compatible, with :: and ::1', range: ipaddr.IPv6.parseCIDR('::/96'), at: 12 },
  { name: 'mapped', range: ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), at: 12 },
  { name: 'translated', range: ipaddr.IPv6.parseCIDR('::ffff:0:0:0/96'), at: 12 },
  { name: 'NAT64', range: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), at: 12 },
  { name: '6to4', range: ipaddr.IPv6.parseCIDR('2002::/16'), at: 2 },
]

const LOCALHOST_NAMES = /(^|\.)localhost$|^localhost[46]?(\.localdomain[46]?)?$|^ip6-(localhost|loopback)$/
/** Top-level domains that private networks use, and `arpa`, which names no hosts. */
const LOCAL_DOMAINS = /\.(local|localdomain[46]?|internal|intranet|lan|home|corp|private|svc|arpa)$/
/** Platform services of Azure, at a public address that leads to the machine's own host. */
const AZURE_HOST = '168.63.129.16'

/** DNS labels: letters, digits and inner dashes. */
const LABELS = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i
/** A last label of digits makes a name an IP address for some programs. */
const ENDS_IN_NUMBER = /(^|\.)\d+$/

/** Completes relative channel names; any server will do. */
const ANY_SERVER = 'irc://server.invalid/'

/**
 * Returns why a value must not name where requests go, as the text after the field's name; undefined if it may. Values
 * are stored as sent and parsed again by other programs, so a spelling that they could parse differently is refused even
 * if it leads to a public host. Names are not resolved: one that the public DNS points to a local address passes.
 */
export function blockedReason(kind: AddressKind, value: string, allowLocalNetwork: boolean): string | undefined {
  switch (kind) {
    case 'url':
      return urlReason(value, allowLocalNetwork)
    case 'host':
      return hostReason(ipaddr.IPv6.isValid(value) ? `[${value}]` : value, allowLocalNetwork)
    case 'domain':
      return hostReason(value, allowLocalNetwork) ?? (isDomain(value) ? undefined : INVALID_HOST)
    case 'labels':
      return LABELS.test(value) ? undefined : NO_LABELS
    case 'channels':
      return channelsReason(value, allowLocalNetwork)
    case 'key file':
      return keyFileReason(value, allowLocalNetwork)
  }
}

function isDomain(value: string): boolean {
  return LABELS.test(value) && !ENDS_IN_NUMBER.test(value)
}

/** Checks each URL of a key file in JSON: its user signs in at `token_uri`. Other texts name no address. */
function keyFileReason(value: string, allowLocalNetwork: boolean): string | undefined {
  const pending: unknown[] = [parseJson(value)]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue
    for (const [name, member] of Object.entries(node)) {
      if (!/ur[il]$/i.test(name)) pending.push(member)
      else {
        const reason = isWebUrl(member) ? urlReason(member, allowLocalNetwork) : INVALID_URI
        if (reason) return reason
      }
    }
  }
}

function isWebUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:/i.test(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function channelsReason(value: string, allowLocalNetwork: boolean): string | undefined {
  for (const channel of value.match(/\S+/g) ?? []) {
    const reason = channelReason(channel, allowLocalNetwork)
    if (reason) return reason
  }
}

function channelReason(channel: string, allowLocalNetwork: boolean): string | undefined {
  const url = URL.parse(channel, ANY_SERVER)
  if (!url) return INVALID_URI
  if (url.host === '') return undefined
  return ['irc:', 'ircs:'].includes(url.protocol) ? urlReason(url.href, allowLocalNetwork) : IRC_ONLY
}

function urlReason(value: string, allowLocalNetwork: boolean): string | undefined {
  const authority = /^[a-z][a-z\d+.-]*:\/\/([^/?#]+)/i.exec(value)?.[1]
  if (!authority || authority.includes('\\')) return INVALID_URI
  if (authority.includes('@')) return USER_INFO
  return hostReason(authority.replace(/:\d*$/, ''), allowLocalNetwork)
}

function hostReason(host: string, allowLocalNetwork: boolean): string | undefined {
  if (host.length > HOST_LENGTH) return LONG_HOST
  if (!/^(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)$/i.test(host)) return INVALID_HOST
  const name = hostnameOf(host)
  const dotless = hostnameOf(withoutFinalDots(name ?? ''))
  if (!name || !dotless) return INVALID_HOST
  return (
    (allowLocalNetwork ? undefined : localReason(dotless)) ?? (isPlain(host, name, dotless) ? undefined : INVALID_HOST)
  )
}

/** An expression for this would take quadratic time on dots that end in something else. */
function withoutFinalDots(name: string): string {
  let end = name.length
  while (name[end - 1] === '.') end -= 1
  return name.slice(0, end)
}

/** Returns a host as URL parsers do: in lower case, with percent signs, other scripts' letters and numbers decoded. */
function hostnameOf(host: string): string | undefined {
  return URL.parse(`http://${host}/`)?.hostname
}

/** Returns whether all programs parse a host alike: octal, hexadecimal, short and padded numbers are ambiguous. */
function isPlain(host: string, name: string, dotless: string): boolean {
  if (dotless.startsWith('[')) return true
  if (isIPv4(dotless)) return host === dotless
  return /^[a-z\d][^.]*(\.[^.]+)*\.?$/.test(name)
}

/** Tests the characters first: ipaddr.js throws and catches an error for each name, at 50 times the cost of the rest. */
function isIPv4(name: string): boolean {
  return /^[\d.]+$/.test(name) && ipaddr.IPv4.isValidFourPartDecimal(name)
}

function localReason(plain: string): string | undefined {
  if (plain.startsWith('[')) return reasonOfIPv6(ipaddr.IPv6.parse(plain.slice(1, -1)))
  if (isIPv4(plain)) return reasonOfIPv4(ipaddr.IPv4.parse(plain))
  if (LOCALHOST_NAMES.test(plain)) return LOCALHOST
  return LOCAL_DOMAINS.test(plain) || !plain.includes('.') ? LOCAL_NETWORK : undefined
}

function reasonOfIPv4(address: ipaddr.IPv4): string | undefined {
  if (address.toString() === '127.0.0.1') return LOCALHOST
  if (address.toString() === AZURE_HOST) return LINK_LOCAL
  return reasonOfRange(address.range())
}

function reasonOfIPv6(address: ipaddr.IPv6): string | undefined {
  const carrier = CARRIERS.find(({ range }) => address.match(range))
  if (carrier) {
    const carried = new ipaddr.IPv4(address.toByteArray().slice(carrier.at, carrier.at + 4))
    return reasonOfIPv4(carried) ?? INVALID_HOST
  }
  return reasonOfRange(address.range()) ?? (address.match(GLOBAL_UNICAST) ? undefined : INVALID_HOST)
}

function reasonOfRange(range: string): string | undefined {
  return range === 'unicast' ? undefined : (RANGES[range] ?? LOCAL_NETWORK)
}
