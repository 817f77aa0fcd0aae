import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { digest, isSameDigest } from '../crypto/token.ts'
import { forwardCommand } from '../delivery/command.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { toProjectRef } from '../middleware/access.ts'
import { bodyParameters } from '../middleware/parameters.ts'
import { addressKey, countRequest } from '../middleware/rate-limit.ts'
import { validate } from '../middleware/validation.ts'
import { type CommandReply, commandBody, type SlashCommand } from '../schema/command.ts'
import type { Service } from '../schema/service.ts'
import type { Project, Settings } from '../schema/tables.ts'
import { services } from '../services/registry.ts'
import { openOrLog } from '../settings/vault.ts'
import { openDatabase } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { findProject } from '../store/projects.ts'
import { findSettings } from '../store/settings.ts'

/** A guess counts whether it is right or not: a limit that only stops wrong ones would tell which is right. */
const countAddress = createMiddleware<AppEnv>(async (c, next) => {
  await countRequest(c, addressKey(c))
  await next()
})

/** Commands that users type in a chat: `/projects/:id/services/slack_slash_commands/trigger` (docs/rules.md#slash-commands). */
export const slashCommandsHandler = new Hono<AppEnv>()

for (const { slug, reply } of services) {
  if (!reply) continue
  slashCommandsHandler.post(`/${slug.replaceAll('-', '_')}/trigger`, countAddress, bodyParameters, async (c) => {
    const sent = validate(c, commandBody)
    const project = await authenticate(c, slug, sent.token)
    c.set('projectId', project.id)
    return c.json({ ...(await run(c, { slug, reply }, project, sent)), status: 200 })
  })
}

/**
 * Returns the project if the token is that of its active settings.
 * @throws the one 404 of an unknown project, of settings that are missing or inactive, and of another token
 */
async function authenticate(c: Context<AppEnv>, slug: string, token: string): Promise<Project> {
  const db = openDatabase(c.env.DB, 'first-primary')
  c.set('db', db)
  const ref = toProjectRef(c.req.param('id') ?? '')
  const [project, settings] = await db.batch([
    findProject(ref).as(INSTANCE),
    findSettings(ref, slug).as(INSTANCE),
  ] as const)
  const saved = await savedToken(c, settings.value)
  const [one, other] = await Promise.all([digest(token), digest(saved)])
  if (!isSameDigest(one, other) || saved === '' || !project.value) throw errors.notFound('Service')
  return project.value
}

async function savedToken(c: RequestContext, settings: Settings | null): Promise<string> {
  if (!settings?.active) return ''
  const secrets = await openOrLog(c.var.keyRing, settings)
  return secrets?.token ?? ''
}

async function run(
  c: RequestContext,
  { slug, reply }: Pick<Service, 'slug'> & { reply: NonNullable<Service['reply']> },
  project: Project,
  sent: SlashCommand,
): Promise<CommandReply> {
  const url = c.env.COMMAND_URL?.trim()
  const name = nameOf(sent)
  const word = (sent.text ?? '').trim().split(/\s/, 1)[0]?.toLowerCase()
  if (!word || word === 'help') return ephemeral(help(name, Boolean(url)))
  if (!url) return ephemeral(`${UNCONNECTED}\n\n${help(name, false)}`)
  const tool = { url, secret: c.env.COMMAND_SECRET?.trim() }
  const response = await forwardCommand(tool, { id: c.get('requestId'), service: slug, project, sent })
  if (response === 'unknown') return ephemeral(`The connected tool does not know this command.\n\n${help(name, true)}`)
  if ('body' in response)
    return reply(response.body) ?? ephemeral('The connected tool took the command and said nothing.')
  console.error(
    JSON.stringify({ level: 'error', error: 'CommandFailed', id: c.get('requestId'), message: response.failure }),
  )
  return ephemeral('The connected tool did not confirm the command. It may have run all the same.')
}

const UNCONNECTED =
  'No tool is connected to these commands, so nothing was done. Whoever runs Patchbay connects one with `COMMAND_URL`.'

/** Only a plain name is repeated: whatever else is sent stays out of the chat. */
function nameOf({ command = '' }: SlashCommand): string {
  return /^\/[\w-]{1,32}$/.test(command) ? command : '/command'
}

function help(name: string, isConnected: boolean): string {
  const lines = [`\`${name} help\` shows this text.`]
  if (isConnected) lines.push(`\`${name}\` with any other word runs a command of the connected tool.`)
  return lines.join('\n')
}

function ephemeral(text: string): CommandReply {
  return { response_type: 'ephemeral', text }
}
