import { parseArgs } from 'node:util'
import { killDeliveries } from './killed-deliveries.ts'
import { killWrites } from './killed-writes.ts'

const rounds = (count: number) => ({ type: 'string', default: String(count) }) as const
const { values } = parseArgs({ options: { writes: rounds(50), deliveries: rounds(20) } })
process.once('SIGINT', () => process.exit(130))

if (Number(values.writes) > 0) await killWrites(Number(values.writes))
if (Number(values.deliveries) > 0) await killDeliveries(Number(values.deliveries))
// A receiver that listens would keep the process alive.
process.exit()
