import { app } from '../../src/app.ts'

const isPage = ({ path }: { path: string }) => path.startsWith('/console')

/** The routes that respond with JSON. */
export const apiRoutes = app.routes.filter((route) => !isPage(route))

/** The routes of the console. */
export const pageRoutes = app.routes.filter((route) => isPage(route) && route.method !== 'ALL')
