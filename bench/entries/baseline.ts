/** The least Worker: one prepared statement by key, its row as JSON. Patchbay is compared with it. */
export default {
  async fetch(request, env) {
    const id = Number(new URL(request.url).pathname.slice(1))
    return Response.json(await (request.method === 'PUT' ? write(request, env, id) : read(env, id)))
  },
} satisfies ExportedHandler<Env>

function read({ DB }: Env, id: number) {
  return DB.prepare('select * from settings where id = ?1').bind(id).first()
}

async function write(request: Request, { DB }: Env, id: number) {
  const { channel } = await request.json<{ channel: string }>()
  return DB.prepare(
    `insert into settings (id, project_id, slug, version, active, flags, params, secrets_meta, created_at, updated_at)
     values (?1, 1, ?1, 1, 1, 0, json_object('channel', ?2), '{}', 0, 0)
     on conflict (id) do update set params = json_set(params, '$.channel', ?2) returning *`,
  )
    .bind(id, channel)
    .first()
}
