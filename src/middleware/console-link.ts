import { open, seal } from '../crypto/seal.ts'
import type { RequestContext } from '../env.ts'
import type { SignedRights } from './signed-token.ts'

const PLACE = 'console/link'

/** The rights that a link hands over. The key ring seals it, so nothing of it is stored. */
export interface ConsoleLink {
  /** Recognises the link, which opens the console once. */
  id: string
  rights: SignedRights
}

export function sealLink(c: RequestContext, link: ConsoleLink): Promise<string> {
  return seal(c.get('keyRing'), PLACE, JSON.stringify(link))
}

/** Returns the link that a text is; undefined for any other text, and for a link that has expired. */
export async function openLink(c: RequestContext, text: string): Promise<ConsoleLink | undefined> {
  try {
    const link = JSON.parse(await open(c.get('keyRing'), PLACE, text)) as ConsoleLink
    return link.rights.expiresAt > Date.now() ? link : undefined
  } catch {
    return undefined
  }
}
