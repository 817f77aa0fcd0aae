/** The viewer prefills each field of a form with "string", and would save that: it shows JSON bodies only. */
function withoutForms(document) {
  for (const item of Object.values(document.paths)) {
    for (const { requestBody } of Object.values(item)) {
      for (const type of Object.keys(requestBody?.content ?? {})) {
        if (/form/.test(type)) delete requestBody.content[type]
      }
    }
  }
  return document
}

const response = await fetch('/api/v4/openapi.json')

SwaggerUIBundle({
  spec: withoutForms(await response.json()),
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  defaultModelsExpandDepth: -1,
})
