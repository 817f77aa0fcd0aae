import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const zentao = defineService({
  slug: 'zentao',
  title: 'ZenTao',
  description: 'Shows the issues of a ZenTao product in the project.',
  params: {
    url: endpoint('Address of ZenTao for people, e.g. https://zentao.example.com'),
    api_url: endpoint('Address of the ZenTao API, where it is not `url`').optional(),
    api_token: secret(text('Token for the ZenTao API', 255)),
    zentao_product_xid: text('ID of the product in ZenTao', 255),
  },
  events: [],
})
