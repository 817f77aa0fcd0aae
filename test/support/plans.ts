import { expect } from 'vitest'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { type Answer, ask, type Call, call, newProject } from './api.ts'

/** The summary of a plan that does nothing. */
export const NONE = { create: 0, change: 0, unchanged: 0, delete: 0 }

/** The body of a plan for all services. */
export const bySlug = (make: (service: Service) => object) =>
  Object.fromEntries(services.map((service) => [service.slug, make(service)]))

/** The list of settings of a new project. */
export async function newList(saved: Record<string, object> = {}): Promise<{ id: number; list: string }> {
  const { id } = await newProject()
  const list = `projects/${id}/services`
  if (Object.keys(saved).length > 0) expect((await putPlan(list, saved)).status).toBe(200)
  return { id, list }
}

export function putPlan(list: string, services: object, body: object = {}, options: Call = {}): Promise<Answer> {
  return ask(list, { method: 'PUT', ...options, json: { services, ...body } })
}

export function putYaml(list: string, body: BodyInit, type = 'application/yaml'): Promise<Answer> {
  return ask(list, { method: 'PUT', headers: { 'Content-Type': type }, body })
}

export async function exportOf(list: string, accept?: string): Promise<{ type: string; text: string }> {
  const response = await call(`${list}?export=true`, accept ? { headers: { Accept: accept } } : {})
  return { type: response.headers.get('Content-Type') ?? '', text: await response.text() }
}
