import { auditQuery } from '../schema/audit.ts'
import { auditShape } from '../schema/audit-response.ts'
import type { Resource } from './operation.ts'
import { page, responseSchema } from './resource.ts'

const event = responseSchema('AuditEvent', auditShape)

export const audit: Resource = {
  tag: { name: 'Audit', description: 'Audit events: who changed what.' },
  schemas: [event],
  operations: {
    'GET /projects/{id}/audit_events': {
      id: 'listAuditEvents',
      summary: 'List the audit events of a project',
      rule: 'readAudit',
      query: auditQuery,
      responses: { 200: page(event) },
    },
    'GET /audit_events': {
      id: 'listAllAuditEvents',
      summary: 'List the audit events of all projects',
      rule: 'instance',
      query: auditQuery,
      responses: { 200: page(event) },
    },
  },
}
