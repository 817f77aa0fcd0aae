import * as z from 'zod'

/** Chat servers send more than is declared here, and nothing of it is checked: the token decides. */
function sent(description: string, example: string) {
  return z
    .preprocess((value) => (typeof value === 'string' ? value : undefined), z.string().optional())
    .meta({ description, examples: [example] })
}

export const commandBody = z.object({
  token: z.string().meta({ description: 'The token of the settings', examples: ['<token>'] }),
  command: sent('The command that was typed', '/deploy'),
  text: sent('What was typed after it', 'staging'),
  team_id: sent('The team of the chat server', 'T1'),
  team_domain: sent('The name of the team', 'acme'),
  channel_id: sent('The channel', 'C1'),
  channel_name: sent('The name of the channel', 'town-square'),
  user_id: sent('Who typed it', 'U1'),
  user_name: sent('Their name', 'ada'),
})

export type SlashCommand = z.output<typeof commandBody>

const text = z.string().optional()
const url = z.string().optional()

const attachmentShape = z.object({
  fallback: text,
  pretext: text,
  author_name: text,
  title: text,
  text,
  footer: text,
  author_link: url,
  author_icon: url,
  title_link: url,
  image_url: url,
  thumb_url: url,
  footer_icon: url,
  color: z.string().optional(),
  ts: z.number().optional(),
  fields: z.array(z.object({ title: z.string(), value: z.string(), short: z.boolean() })).optional(),
})

export const commandReplyShape = z.object({
  response_type: z
    .enum(['ephemeral', 'in_channel'])
    .meta({ description: 'Who sees the reply: the user, or the channel', examples: ['ephemeral'] }),
  status: z.literal(200),
  text: z
    .string()
    .optional()
    .meta({ examples: ['Deploying staging'] }),
  attachments: z.array(attachmentShape).optional(),
})

export type CommandReply = Omit<z.input<typeof commandReplyShape>, 'status'>
export type CommandAttachment = z.input<typeof attachmentShape>
