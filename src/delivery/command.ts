import { SigningSecretError, signatureHeaders } from '../crypto/webhook-signature.ts'
import type { SlashCommand } from '../schema/command.ts'
import { parseJson } from '../schema/step.ts'
import type { Project } from '../schema/tables.ts'
import { type Network, send } from './transport.ts'

/** Chat servers wait three seconds, and the way to them takes some of that. */
const TIMEOUT_MS = 2500

/** The tool that runs the commands of a deployment. */
export interface CommandTool {
  url: string
  /** Signs the requests; undefined sends them unsigned. */
  secret: string | undefined
}

export interface ForwardedCommand {
  /** Of the request, for the logs of both sides. */
  id: string
  service: string
  project: Project
  sent: SlashCommand
}

/** The tool's reply, unchecked; or that it does not know the command; or the reason for which nothing came back, without any value. */
export type ToolResponse = { body: unknown } | 'unknown' | { failure: string }

/** Hands a command to the tool, once: it may act although its response is late. */
export async function forwardCommand(tool: CommandTool, command: ForwardedCommand): Promise<ToolResponse> {
  const body = JSON.stringify(bodyOf(command))
  const timestamp = Math.floor(Date.now() / 1000)
  try {
    const headers = tool.secret ? await signatureHeaders(tool.secret, { id: command.id, timestamp, body }) : {}
    const step = {
      method: 'POST',
      url: tool.url,
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    } as const
    const sent = await send(step, NETWORK)
    if ('failure' in sent) return { failure: sent.failure.reason }
    const { response } = sent
    if (response.status === 404) return 'unknown'
    if (response.status < 200 || response.status > 299) return { failure: `it responded ${response.status}` }
    const said = response.text.trim() === '' ? {} : parseJson(response)
    return said === undefined ? { failure: 'its response is no JSON' } : { body: said }
  } catch (error) {
    if (error instanceof SigningSecretError) return { failure: `COMMAND_SECRET ${error.message}` }
    throw error
  }
}

/** The address is the operator's, not a user's: it may lead to the operator's own network. */
const NETWORK: Network = { allowLocalNetwork: true, timeoutMs: TIMEOUT_MS, mail: undefined }

function bodyOf({ service, project, sent }: ForwardedCommand) {
  return {
    project: { id: project.id, name: project.name, path_with_namespace: project.fullPath },
    service,
    team: { id: sent.team_id ?? null, domain: sent.team_domain ?? null },
    channel: { id: sent.channel_id ?? null, name: sent.channel_name ?? null },
    user: { id: sent.user_id ?? null, name: sent.user_name ?? null },
    command: sent.command ?? '',
    text: sent.text ?? '',
  }
}
