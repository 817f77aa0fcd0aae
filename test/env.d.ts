declare namespace Cloudflare {
  interface Env {
    ENVIRONMENT?: string
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
  interface GlobalProps {
    mainModule: typeof import('../src/index.ts')
  }
}
