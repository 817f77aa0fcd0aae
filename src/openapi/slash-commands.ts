import { commandBody, commandReplyShape } from '../schema/command.ts'
import type { Service } from '../schema/service.ts'
import type { Resource } from './operation.ts'
import { body, one, requestSchema, responseSchema, SETTINGS } from './resource.ts'
import { schemaName } from './service-schemas.ts'

const command = requestSchema('SlashCommand', commandBody)
const reply = responseSchema('SlashCommandReply', commandReplyShape)

export function slashCommands(services: readonly Service[]): Resource {
  const operations = services.filter((service) => service.reply).map(operationOf)
  return { tag: SETTINGS, schemas: [command, reply], operations: Object.fromEntries(operations) }
}

function operationOf({ slug, title }: Service) {
  const path = `POST /projects/{id}/services/${slug.replaceAll('-', '_')}/trigger` as const
  return [
    path,
    {
      id: `trigger${schemaName(slug)}`,
      summary: `Run a command of ${title}`,
      description:
        'For chat servers, which send a form. Needs no API token: `token` must be the one of the active settings. A query is ignored.',
      body: body(command),
      responses: { 200: one(reply, 'What the chat shows') },
      errors: ['ServiceNotFound', 'TooManyRequests'],
    },
  ] as const
}
