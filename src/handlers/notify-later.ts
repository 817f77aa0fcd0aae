import { notify } from '../delivery/engine.ts'
import type { RequestContext } from '../env.ts'
import { logError } from '../errors.ts'

/** Notifies destinations that they may have something to deliver, after the response. The cron finds what a failure leaves. */
export function notifyLater(c: RequestContext, destinationIds: readonly number[]): void {
  c.executionCtx.waitUntil(notify(c.env.DELIVERIES, destinationIds).catch(logError))
}
