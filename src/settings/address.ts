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

const HOST_LENGTH = 1024

/** The text of each range of addresses, by ipaddr.js's name for it; of a range that is not here, the local network's. */
const RANGES: Readonly<Record<string, string>> = {
  unspecified: LOCALHOST,
  loopback: LOOPBACK,
  linkLocal: LINK_LOCAL,
  carrierGradeNat: SHARED,
  broadcast: BROADCAST,
}

/** The only IPv6 addresses that were ever given out. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** IPv6 addresses that lead to an IPv4 address, and the byte at which they hold it. */
const CARRIERS = [
  { name: 'compatible, with :: and ::1', range: ipaddr.IPv6.parseCIDR('::/96'), at: 12 },
  { name: 'mapped', range: ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), at: 12 },
  { name: 'translated', range: ipaddr.IPv6.parseCIDR('::ffff:0:0:0/96'), at: 12 },
  { name: 'NAT64', range: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), at: 12 },
  { name: '6to4', range: ipaddr.IPv6.parseCIDR('2002::/16'), at: 2 },
]

const LOCALHOST_NAMES = /(^|\.)localhost$|^localhost[46]?(\.localdomain[46]?)?$|^ip6-(localhost|loopback)$/
const LOCAL_NAMES = /(^|\.)(localdomain[46]?|local|internal|home\.arpa)$/

/** Completes the names of channels; what it is does not matter. */
const ANY_SERVER = 'irc://server.invalid/'

/**
 * What is wrong with where a value leads, as the text after the field's name; undefined where nothing is. The value is
 * kept as it was sent, and other programs read it: so a spelling that they may read differently is refused, wherever it
 * leads. A name that the public DNS points to a local address passes here.
 */
export function blockedReason(kind: AddressKind, value: string, allowLocalNetwork: boolean): string | undefined {
  switch (kind) {
    case 'url':
      return urlReason(value, allowLocalNetwork)
    case 'host':
      return hostReason(ipaddr.IPv6.isValid(value) ? `[${value}]` : value, allowLocalNetwork)
    case 'channels':
      return channelsReason(value, allowLocalNetwork)
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
  const dotless = hostnameOf(name?.replace(/\.+$/, '') ?? '')
  if (!name || !dotless) return INVALID_HOST
  return (
    (allowLocalNetwork ? undefined : localReason(dotless)) ?? (isPlain(host, name, dotless) ? undefined : INVALID_HOST)
  )
}

/** A host as browsers read it: in lower case, percent signs, odd letters and numbers undone. */
function hostnameOf(host: string): string | undefined {
  return URL.parse(`http://${host}/`)?.hostname
}

/** Whether a host is spelt so that all programs read it alike: not with octal, hexadecimal, short or padded numbers. */
function isPlain(host: string, name: string, dotless: string): boolean {
  if (dotless.startsWith('[')) return true
  if (ipaddr.IPv4.isValidFourPartDecimal(dotless)) return host === dotless
  return /^[a-z\d][^.]*(\.[^.]+)*\.?$/.test(name)
}

function localReason(plain: string): string | undefined {
  if (plain.startsWith('[')) return reasonOfIPv6(ipaddr.IPv6.parse(plain.slice(1, -1)))
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return reasonOfIPv4(ipaddr.IPv4.parse(plain))
  if (LOCALHOST_NAMES.test(plain)) return LOCALHOST
  return LOCAL_NAMES.test(plain) ? LOCAL_NETWORK : undefined
}

function reasonOfIPv4(address: ipaddr.IPv4): string | undefined {
  if (address.toString() === '127.0.0.1') return LOCALHOST
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
