import { BLOCKED_MS } from './schedule.ts'

/** Hosts and the times until which they get nothing. A ban is of the sender's address, so each isolate keeps its own. */
const restsUntil = new Map<string, number>()

/** Notes that the network of an address refuses this sender: no other destination there must prolong the ban. */
export function blockHost(address: string, now: number): void {
  restsUntil.set(hostOf(address), now + BLOCKED_MS)
}

/** Returns the time until which the host of an address gets nothing; undefined if it is free. */
export function blockedUntil(address: string, now: number): number | undefined {
  const until = restsUntil.get(hostOf(address))
  return until !== undefined && until > now ? until : undefined
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? ''
}
