import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { SigningSecretError, signatureHeaders } from '../../src/crypto/webhook-signature.ts'

const MESSAGE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' }

test('a request is signed as Standard Webhooks says; the value is that of another implementation', async () => {
  expect(await signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', MESSAGE)).toEqual({
    'webhook-id': MESSAGE.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test("a request is verified by Standard Webhooks' own library, and none that was changed", async () => {
  const secret = `whsec_${new Uint8Array(32).fill(7).toBase64()}`
  const timestamp = Math.floor(Date.now() / 1000)
  const headers = await signatureHeaders(secret, { ...MESSAGE, timestamp })
  const webhook = new Webhook(secret)
  expect(webhook.verify(MESSAGE.body, headers)).toEqual(JSON.parse(MESSAGE.body))
  expect(() => webhook.verify(`${MESSAGE.body} `, headers)).toThrow('No matching signature found')
  expect(() => webhook.verify(MESSAGE.body, { ...headers, 'webhook-id': 'msg_other' })).toThrow('No matching')
})

test.each([
  '',
  'whsec_',
  'secret',
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'whsec_c2hvcnQ=',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS',
  `whsec_${'AAAA'.repeat(22)}`,
])('the secret "%s" is refused and not repeated', async (secret) => {
  const error = await signatureHeaders(secret, MESSAGE).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SigningSecretError)
  if (error instanceof Error) expect(error.message).toBe('must be whsec_ and the base64 of 24 to 64 bytes')
})
