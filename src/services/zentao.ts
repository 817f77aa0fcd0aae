import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const zentao = defineService({
  slug: 'zentao',
  kind: 'issues',
  title: 'ZenTao',
  description: 'Lists the issues of a ZenTao product in the project.',
  params: () => ({
    url: endpoint('Web URL of ZenTao, e.g. https://zentao.example.com'),
    api_url: endpoint('URL of the ZenTao API, if it differs from the web URL').optional(),
    api_token: secret(text('API token of ZenTao', 255)),
    zentao_product_xid: text('ID of the ZenTao product', 255),
  }),
  events: [],
  deliversNothing: 'ZenTao is only read: its issues are listed in the project.',
})
