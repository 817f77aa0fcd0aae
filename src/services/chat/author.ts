import type { DeliveryContext } from '../../schema/context.ts'
import type { Author } from './message.ts'
import { link, type Rich } from './rich.ts'

interface User {
  name: string
  username: string
  avatar_url: string
}

/** `Ada Lovelace (ada)`; what runs without a user is the API. */
export function authorOf({ user }: { user: User }): Author {
  return { text: nameOf(user) || 'API', handle: user.username || 'API', avatar: user.avatar_url }
}

export function nameOf({ name, username }: Pick<User, 'name' | 'username'>): string {
  return name && username ? `${name} (${username})` : name || username
}

/** The project under its full name. */
export function projectOf({ projectFullName, projectUrl }: DeliveryContext): Rich {
  return link(projectFullName, projectUrl)
}
