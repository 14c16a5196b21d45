import { expect } from 'chai'
import { isStandardSecret, newWebhookSecret, signatureKey } from '../../lib/webhooks/webhook-secret.ts'
import { pluginHeaders, standardHeaders } from '../../lib/webhooks/webhook-signature.ts'

describe('the signatures of webhooks', () => {
  it('are those of the example in the specification of Standard Webhooks', () => {
    const headers = standardHeaders(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        at: new Date(1_614_265_330_000),
        body: '{"test": 2432232314}',
      },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    expect(headers).to.deep.equal({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it("of ShipStream's kind cover the body with the secret as it was given", () => {
    // printf '{"a":1}' | openssl dgst -sha256 -hmac 'whsec_secret' -binary | base64
    expect(pluginHeaders('{"a":1}', 'whsec_secret')).to.deep.equal({
      'x-plugin-hmac-sha256': 'rI3K1ByIuZxJI3Nb6ZHEPqzXxZRdv+ajuCw1HWLVBfI=',
    })
  })

  it('have the decoded secret as their key if it is base64 after whsec_, else its bytes', () => {
    expect(signatureKey('whsec_AAEC').toString('hex')).to.equal('000102')
    for (const secret of ['a secret', 'whsec_', 'whsec_not base64', 'whsec_AAE'])
      expect(signatureKey(secret).toString('utf8')).to.equal(secret)
  })

  it('need 24 to 64 bytes after whsec_ where Standard Webhooks describes the secret', () => {
    const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`
    for (const secret of [newWebhookSecret(), secretOf(24), secretOf(64)])
      expect(isStandardSecret(secret), secret).to.equal(true)
    for (const secret of [secretOf(23), secretOf(65), secretOf(24).slice(6), 'whsec_', ''])
      expect(isStandardSecret(secret), secret).to.equal(false)
  })
})
