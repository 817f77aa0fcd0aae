import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const harbor = defineService({
  slug: 'harbor',
  title: 'Harbor',
  description: 'Lets pipelines use a Harbor registry for container images.',
  params: {
    url: endpoint('Address of the Harbor server, e.g. https://harbor.example.com'),
    project_name: text(
      'Name of the project in Harbor: lower-case letters and digits, with single dots, dashes or underscores between',
      255,
    ),
    username: text('Harbor user'),
    password: secret(text('Password of that user: 8 characters or more, so that job logs can hide it')),
  },
  events: [],
})
