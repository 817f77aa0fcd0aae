import { flag, host, integer, ircChannels, link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

const SCHEMES = ['irc', 'ircs']

export const irker = defineService({
  slug: 'irker',
  kind: 'chat',
  title: 'Irker (IRC gateway)',
  description: 'Posts pushes to IRC through an irker daemon.',
  params: {
    recipients: ircChannels('Whitespace-separated list of irc:// URLs, or of channel names on the default IRC server'),
    default_irc_uri: link('URL of the default IRC server, e.g. irc://irc.example.net:6697/', SCHEMES)
      .meta({ title: 'Default IRC server' })
      .optional(),
    server_host: host('Host name of the irker daemon. Default: localhost').optional(),
    server_port: integer('Port of the irker daemon. Default: 6659').optional(),
    colorize_messages: flag('Colorize the messages').optional(),
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
