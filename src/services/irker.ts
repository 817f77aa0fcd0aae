import { flag, host, integer, ircChannels, link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

const SCHEMES = ['irc', 'ircs']

export const irker = defineService({
  slug: 'irker',
  title: 'Irker (IRC gateway)',
  description: 'Announces pushes on IRC through an irker daemon.',
  params: {
    recipients: ircChannels('irc:// addresses, or names that `default_irc_uri` completes, separated by white space'),
    default_irc_uri: link('IRC server of the bare names, e.g. irc://irc.example.net:6697/', SCHEMES).optional(),
    server_host: host('Host of the irker daemon; localhost if empty').optional(),
    server_port: integer('Port of the irker daemon; 6659 if empty').optional(),
    colorize_messages: flag('Write the messages in color').optional(),
  },
  events: ['push'],
  check: ({ recipients, default_irc_uri: server }) => {
    const entries = String(recipients ?? '').match(/\S+/g) ?? []
    const base = typeof server === 'string' ? server : undefined
    return entries.some((entry) => isChannel(URL.parse(entry, base))) ? {} : { recipients: 'are all invalid' }
  },
})

function isChannel(url: URL | null): boolean {
  return url !== null && url.host !== '' && SCHEMES.includes(url.protocol.slice(0, -1))
}
